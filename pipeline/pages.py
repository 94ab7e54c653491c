"""Pictures of pages, kept beside the database for the reviewer; they can be made again from the originals."""

from pathlib import Path

from parsers.document import Document


class PageImages:
    """The folder `root/ab/<sha256>/<page>.jpg`, one upright picture a page."""

    def __init__(self, root: Path) -> None:
        """Makes the folder when the first picture comes."""
        self._root = root

    def folder(self, sha256: str) -> Path:
        """Where the pictures of the file with these bytes lie."""
        return self._root / sha256[:2] / sha256

    def path(self, sha256: str, page: int) -> Path:
        """The picture of one page (1-based); it may not exist."""
        return self.folder(sha256) / f"{page}.jpg"

    def keep(self, sha256: str, document: Document, made: Path) -> None:
        """Keeps the pictures that a worker left in `made`, each whole or not at all."""
        for page in document.pages:
            if page.image is None or page.number is None or not (made / page.image).is_file():
                continue
            self.put(sha256, page.number, (made / page.image).read_bytes())

    def put(self, sha256: str, page: int, data: bytes) -> None:
        """Keeps one picture, whole or not at all."""
        target = self.path(sha256, page)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        partial.write_bytes(data)
        partial.replace(target)
