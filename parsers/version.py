"""What other rooms know of the readers without loading them."""

from typing import Final

ENGINE: Final = "readers-18"
"""Version of all readers, Word's and the scan's; raise it with any of them: a document read by another version is read again."""

OLD_TYPES: Final = frozenset(
    {
        "application/msword",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-word.xml",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
"""Media types, as the intake tells them, of files that LibreOffice converts."""


def may_be_scan(media_type: str) -> bool:
    """Whether a file of that media type, as the intake tells it, holds pictures of pages: they take seconds to read, all else next to none."""
    return media_type == "application/pdf" or media_type.startswith("image/")
