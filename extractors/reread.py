"""Whether Word's text is another reading of the same ink: every difference one that the reader itself saw as possible.

Where the Word text is known, the scan need not be read blind: it is enough that the ink may say what Word says. The
reader's own alternatives tell (`Line.alternatives`); in mail addresses also shapes that are printed alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from parsers.document import Alternatives

# How likely the reader must have held the other sign for. On 600 generated lines (five fonts, blur, noise, JPEG) 20 of 66
# misread ones are explained so, and none of 292 real differences that were not already read as Word has it.
SUPPORTED = 0.05
# The longest difference, in signs of the scan, that is explained sign by sign.
SHORT = 4
# Signs that OCR takes for one another in clean print too; the first of each group stands for all. A real difference leaves
# the same trace in the reader's alternatives as a misreading, so these stay in doubt.
LOOK_ALIKES = (
    "0OoQ〇○Ｏ", "1lI|丨!i", "2Zz", "5Ss", "8B", "9gq", "6b", "-—–－一_", "xX×", "vV", "cC", "wW", "pP", "uU", "kK",
    "己已巳", "末未", "日曰", "人入八", "土士", "干千于", "天夭", "大太犬", "木本术", "刀力", "晴睛", "治冶", "拔拨", "析折", "侯候", "戊戌戍",
    "口囗", "贝见", "免兔", "鸟乌", "今令", "徒徙", "胃冑", "汩汨", "住往", "问间", "目自", "王玉主", "厂广", "儿几", "又叉",
    "夫失", "牛午", "田由甲申", "石右", "母毋", "小少", "白自", "史吏", "乒兵", "拆折", "抡抢", "沦沧", "历厉", "泠冷", "凤风", "竟竞", "茶荼",
    "准淮", "迥回", "祟崇", "壮状", "性姓", "孔扎", "即既", "士土", "束東束", "帅师", "持特", "待侍", "诈炸", "栓拴", "检捡", "班斑", "洁沽",
)  # fmt: skip
_GROUP = {sign: group for group in LOOK_ALIKES for sign in group}
# A stretch so long (signs) that is missing in one place and read in another is the same stretch.
STRETCH = 5
# What is printed alike in mail addresses, whose case does not count either.
_ALIKE = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o"})
PUNCTUATION = str.maketrans("，。：；（）！？～“”‘’、【】《》〈〉·—–－", ",.:;()!?~\"\"'',[]<><>.---")


@lru_cache(maxsize=4096)
def even(text: str) -> str:
    """NFKC, no white space, one kind of punctuation."""
    return "".join(unicodedata.normalize("NFKC", text.translate(PUNCTUATION)).split()).translate(PUNCTUATION)


def printed_alike(word: str, scan: str) -> bool:
    """Whether two mail addresses differ only in signs that are printed alike: l 1 I |, O 0, rn m, vv w, and case."""
    return _mail_shape(word) == _mail_shape(scan)


def _mail_shape(text: str) -> str:
    # A capital I is printed like l, a small i is not.
    shape = text.replace("I", "l").lower().replace("i", "\0").translate(_ALIKE)
    return shape.replace("rn", "m").replace("vv", "w")


def is_reading_of(word: str, scan: str, alternatives: Alternatives, digits: bool = False) -> bool:
    """Whether every difference between `word` and what was read in the `scan` is an alternative of the reader.

    A figure for another is never explained unless `digits` allows it; signs of punctuation that one side lacks do not count.
    """
    signs = [(sign, place) for place, written in enumerate(scan) for sign in even(written)]
    target, source = even(word), "".join(sign for sign, _ in signs)
    seen = dict(alternatives)
    for op in Levenshtein.opcodes(source, target):
        if op.tag == "equal":
            continue
        ours, theirs = source[op.src_start : op.src_end], target[op.dest_start : op.dest_end]
        if _mere_punctuation(ours + theirs):
            continue
        if not digits and re.search(r"\d", ours + theirs):
            return False
        before, after = int(op.src_start > 0), int(op.src_end < len(source))
        part = signs[op.src_start - before : op.src_end + after]
        wanted = target[op.dest_start - before : op.dest_end + after]
        if len(part) > SHORT + 2 or not _explains(part, wanted, seen):
            return False
    return True


def stands_elsewhere(word: str, scan: str, word_form: str, scan_form: str) -> bool:
    """Whether all that the scan's value lacks is one stretch that was read at another place of the form.

    So a false rule, as the side of a stamp, cuts the end of a line off its cell. A stretch that Word's form holds twice proves nothing.
    """
    source, target = even(scan), even(word)
    lacking = []
    for op in Levenshtein.opcodes(source, target):
        ours, theirs = source[op.src_start : op.src_end], target[op.dest_start : op.dest_end]
        if op.tag != "equal" and not _mere_punctuation(ours + theirs):
            lacking.append((ours, theirs))
    if len(lacking) != 1 or lacking[0][0] or len(lacking[0][1]) < STRETCH:
        return False
    stretch = lacking[0][1]
    return stretch in even(scan_form) and even(word_form).count(stretch) == 1


def _mere_punctuation(text: str) -> bool:
    return not re.search(r"[\w.\-%]", text)


def _explains(part: Sequence[tuple[str, int]], wanted: str, seen: dict[int, tuple[tuple[str, float], ...]]) -> bool:
    """Whether these signs, each as read or as one of its alternatives, can spell `wanted`."""
    if not part:
        return not wanted
    sign, place = part[0]
    alike = _GROUP.get(sign, "")
    others = {even(other) for other, chance in seen.get(place, ()) if chance >= SUPPORTED and not (other and other in alike)}
    readings = {sign} | others
    return any(wanted.startswith(reading) and _explains(part[1:], wanted[len(reading) :], seen) for reading in readings)
