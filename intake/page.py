"""HTML of a mail's body: what it says, where it links to, which pictures it shows. Nothing is fetched, nothing is run."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from errors import FileRefused
from intake.trouble import guarded

_BLOCKS = {"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "td", "th"}
_SILENT = {"style", "script", "head", "title"}
LOOK = 4_000_000  # bytes of a page that are looked at
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: its `address`, the text it `shown`s (or its title), and up to 300 characters that stand `before` it."""

    address: str
    shown: str
    before: str


@dataclass(slots=True)
class Page:
    """`text` as plain lines; `anchors` in order; `pictures` the sources of its pictures; whether it holds a `table` of several cells."""

    text: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    pictures: set[str] = field(default_factory=set)
    table: bool = False


def read_page(markup: str) -> Page:
    """What `markup` says. Never raises: a page that cannot be read says nothing."""
    data = markup.encode("utf-8", "replace")[:LOOK]
    page = Page()
    if not data.strip():
        return page
    try:
        with guarded(SECONDS):
            parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
            root = etree.fromstring(data, parser)
            if root is not None:
                _walk(root, page)
    except FileRefused:
        return page
    return page


def _walk(root: etree._Element, page: Page) -> None:
    said: list[str] = []
    open_links: list[tuple[etree._Element, int]] = []
    silent = cells = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            silent += name in _SILENT
            cells += name == "td"
            if name in _BLOCKS:
                said.append("\n")
            if not silent and element.text:
                said.append(" ".join(element.text.split("\n")))
            if name == "a" and element.get("href"):
                open_links.append((element, len(said) - bool(element.text)))
            if name == "img" and element.get("src"):
                page.pictures.add(element.get("src").strip())
            continue
        if name and event == "end":
            silent -= name in _SILENT
            if open_links and open_links[-1][0] is element:
                page.anchors.append(_anchor(element, said, open_links.pop()[1]))
            if name in _BLOCKS:
                said.append("\n")
        if not silent and element.tail:
            said.append(" ".join(element.tail.split("\n")))
    page.table = cells > 3
    page.text = "".join(said).replace("\xa0", " ")


def _anchor(element: etree._Element, said: list[str], start: int) -> Anchor:
    shown = " ".join("".join(said[start:]).split())[:300]
    return Anchor(
        element.get("href").strip(),
        shown or (element.get("title") or element.get("download") or "").strip()[:300],
        "".join(said[max(0, start - 30) : start])[-300:],
    )
