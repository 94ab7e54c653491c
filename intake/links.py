"""Attachments that never came: 超大附件, 云附件 and cloud drives, of which a mail holds only a link. Nothing is ever fetched."""

from __future__ import annotations

import itertools
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from intake.page import Anchor
from texts import say

# Addresses behind which a file lies, and the place's name in the table `[places]` of the texts. Advertisements of the same firms
# do not match.
PLACES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (
            r"mail\.qq\.com/(cgi-bin/ftnExs_|ftn/)|exmail\.qq\.com/(cgi-bin/ftnExs_|ftn/|\w+/ftn)|ftn\.(\w+\.)?qq\.com|wx\.mail\.qq\.com/ftn/",
            "qq",
        ),
        (
            r"(mail|dashi|fs|qiye)\.(163|126|yeah)\.(com|net)/(large-attachment-download|html/cloud-attachment-download|fs/display|\w*/?cloud-attach)",
            "netease",
        ),
        (r"edisk\.qiye\.163\.com/|(cloud|fs|bigfile)[\w.]*\.qiye\.163\.com/", "netease_firm"),
        (r"mail\.sina\.com\.cn/filecenter/|mail\.sohu\.com/\S*(bigattach|netdisk)", "sina"),
        (
            r"(mail|disk|fs)\w*\.10086\.cn/\S*(download|share|disk)|caiyun\.(139|feixin)\.(com|10086\.cn)/|yun\.139\.com/|caiyun\.139\.com",
            "mobile",
        ),
        (r"cloud\.189\.cn/|webmail\d*\.189\.cn/\S*download", "telecom"),
        (r"mail\.aliyun\.com/\S*(download|bigattach)|(alipan|aliyundrive)\.com/", "ali"),
        (r"(pan|yun)\.baidu\.com/", "baidu"),
        (r"share\.weiyun\.com/|weiyun\.com/\S*(share|disk)", "weiyun"),
        (r"pan\.quark\.cn/", "quark"),
        (r"(lanzou\w|lanzn|woozooo)\.com/", "lanzou"),
        (r"(123pan|123684|123865)\.(com|cn)/", "pan123"),
        (r"115(cdn)?\.com/s/", "pan115"),
        (r"jianguoyun\.com/p/", "jianguo"),
        (r"pan\.xunlei\.com/", "xunlei"),
        (r"(kdocs|wps)\.cn/(l|p|view|join)/|f\.wps\.cn|(docs|doc\.weixin)\.qq\.com/\w", "online_document"),
        (r"(wenshushu\.cn|wss\.\w+|cowtransfer\.com|musetransfer\.com|airportal\.cn|filez\.com)/\w", "transfer"),
        (r"1drv\.ms/|onedrive\.live\.com/|drive\.google\.com/|dropbox\.com/s|wetransfer\.com/|we\.tl/", "abroad"),
    )
)
_URL = re.compile(r"https?://[^\s<>\"'“”‘’，。；（）()\[\]]{6,2000}", re.IGNORECASE)
_SUFFIXES = "zip|rar|7z|docx?|wps|pdf|xlsx?|et|jpe?g|png|tiff?|bmp|pptx?|mp4|tar|gz|tgz|txt|ofd|heic|eml"
_FILE = re.compile(rf"([^\s<>:：/\\|*?\"“”\[\]【】][^<>:：/\\|*?\"\r\n\t]{{0,150}}?\.(?:{_SUFFIXES}))(?![\w.])", re.IGNORECASE)
# "名称 (128.03M, 2020年11月27日 21:59 到期)": how QQ and 网易 list them, with or without a link.
_LISTED = re.compile(r"[(（]\s{0,5}[\d.]{1,12}\s{0,5}[KMGB]{1,2}\s{0,5}[,，][^()（）\r\n]{0,60}[)）]", re.IGNORECASE)
_SAID = re.compile(r"邮箱发来的(?:超大|云)附件|超大附件下载|云附件下载")
_VERBS = re.compile(
    r"^(?:进入下载页面|点击下载|立即下载|下载|打开|预览|查看|保存|收藏|转存|download|https?:.*|点击此?处?\S{0,6})$", re.IGNORECASE
)
MOST, LOOKED_AT = 100, 5000


@dataclass(frozen=True, slots=True)
class Link:
    """A file that lies elsewhere: its `name` as shown (or the place's name), the place (`where`), the address."""

    name: str
    where: str
    address: str


def find_links(text: str, anchors: Iterable[Anchor] = ()) -> tuple[Link, ...]:
    """The files that a mail only links to, in order, each once; at most 100. `text` is what it says, `anchors` the links of its HTML."""
    found: dict[str, Link] = {}
    for anchor in itertools.islice(itertools.chain(anchors, _in_text(text[:1_000_000])), LOOKED_AT):
        known = found.get(anchor.address)
        where = known.where if known else place_of(anchor.address)
        if where and (known is None or known.name == where):
            found[anchor.address] = Link(_name(anchor) or where, where, anchor.address)
        if len(found) >= MOST:
            break
    return _without_doubles(tuple(found.values())) or _only_said(text)


def place_of(address: str) -> str:
    """What a clerk calls the place that `address` leads to, if files lie there; else ""."""
    bare = re.sub(r"^https?://", "", address)
    return next((say(f"places.{name}") for pattern, name in PLACES if pattern.search(bare[:300])), "")


def _in_text(text: str) -> Iterator[Anchor]:
    for match in _URL.finditer(text):
        yield Anchor(match.group(0).rstrip(".,;"), "", text[max(0, match.start() - 300) : match.start()])


def _listed(text: str) -> list[tuple[int, str]]:
    """The names that stand before a size and a date in brackets, each with the place where its bracket ends."""
    found = []
    for match in _LISTED.finditer(text):
        name = re.split(r"[\r\n]", text[max(0, match.start() - 150) : match.start()])[-1].strip(" \t　·-•")
        if name:
            found.append((match.end(), name))
    return found


def _name(anchor: Anchor) -> str:
    """What the mail calls the file: the link's own text, else what is listed or named right before it, else the address's title."""
    shown = anchor.shown
    inside = _FILE.search(shown)
    if inside:
        return inside.group(1).strip()
    if shown and not _VERBS.match(shown) and not _SAID.search(shown) and len(shown) <= 80 and not place_of(shown):
        return shown
    near = _listed(anchor.before) + [(match.end(), match.group(1).strip()) for match in _FILE.finditer(anchor.before)]
    if near:
        return str(max(near)[1])
    query = anchor.address.partition("?")[2][:2000]
    return next((value[:120] for key, value in urllib.parse.parse_qsl(query) if key in ("title", "filename", "name")), "")


def _without_doubles(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """One link a file: a nameless one beside named ones of the same place is only its button."""
    named = {link.where for link in links if link.name != link.where}
    kept: dict[tuple[str, str], Link] = {}
    for link in links:
        if link.name != link.where or link.where not in named:
            kept.setdefault((link.name, link.where), link)
    return tuple(kept.values())


def _only_said(text: str) -> tuple[Link, ...]:
    """Files of which the mail says that they are 超大附件 without a link that can be read."""
    said = _SAID.search(text)
    names = [name for _, name in _listed(text[said.end() : said.end() + 20_000])] if said else []
    return tuple(Link(name, say("places.large_attachment"), "") for name in dict.fromkeys(names))[:MOST]
