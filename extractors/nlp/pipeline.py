"""The spaCy pipeline: character tokens → rules on `doc.spans` → closed lists → names.

Import this module lazily: spaCy alone takes more than a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as Stretch
from spacy.util import filter_spans

from extractors.nlp.awards import awards, honours
from extractors.nlp.clauses import clause_start, denies
from extractors.nlp.dates import applied, dates
from extractors.nlp.figures import changes, counts, percentages
from extractors.nlp.lexicon import Lexicon
from extractors.nlp.money import amounts
from extractors.nlp.names import names, tagger
from extractors.nlp.normalise import normalise
from extractors.nlp.patents import patents
from extractors.nlp.span import LABELS, Span
from extractors.nlp.subjects import excluded, frontline

_CLOSED: Final = "closed"
_LEXICON: Final = "lexicon"


class CharacterTokens:
    """Every character is a token, so that token and character offsets are the same; the text is normalised 1:1 on the way."""

    def __init__(self, vocab: Any, lexicon: Lexicon) -> None:
        """Remember the vocabulary, and the word lists that go with every document."""
        self.vocab = vocab
        self.lexicon = lexicon

    def __call__(self, text: str) -> Any:
        """The `Doc` of the normalised `text`, with the lexicon in its `user_data`."""
        clean = normalise(text)
        return Doc(self.vocab, words=list(clean), spaces=[False] * len(clean), user_data={_LEXICON: self.lexicon})


def _put(doc: Any, spans: Iterator[Span]) -> None:
    for span in spans:
        stretch = Stretch(doc, span.start, span.end, label=span.label)
        stretch._.value, stretch._.detail = span.value, span.detail
        if span.label not in doc.spans:
            doc.spans[span.label] = []
        doc.spans[span.label].append(stretch)


def _rules(doc: Any) -> Any:
    text, lexicon = doc.text, doc.user_data[_LEXICON]
    for spans in (
        amounts(text),
        percentages(text),
        changes(text),
        counts(text),
        dates(text),
        applied(text, lexicon.in_use),
        patents(text),
        awards(text, lexicon),
        honours(text, lexicon),
        excluded(text, lexicon.excluded),
        frontline(text),
    ):
        _put(doc, spans)
    return doc


_TRAP_BEHIND_CHIEF: Final = "期远效度短久达时处途足寿"


def _closed(doc: Any) -> Any:
    """The closed lists' hits that count: the longest of those that overlap, decoys out, denial looked for."""
    text = doc.text
    _put(doc, (span for hit in filter_spans(doc.spans.get(_CLOSED, ())) if (span := _closed_span(text, hit))))
    return doc


def _closed_span(text: str, hit: Any) -> Span | None:
    start, end, label = hit.start, hit.end, hit.label_
    words = text[start:end]
    if label == "GRADE":
        return Span("GRADE", start, end, words, hit.id_)
    if label == "TITLE":
        return Span("TITLE", start, end, words, words, hit.id_)
    if label != "HEAD" or (words[-1] in "长记" and text[end : end + 1] in _TRAP_BEHIND_CHIEF and text[end : end + 1]):
        return None
    detail = "negated" if denies(text[clause_start(text, start) : start]) else "deputy" if "副" in words else None
    return Span("HEAD", start, end, words, words, detail)


def _patterns(lexicon: Lexicon) -> list[dict[str, str]]:
    return (
        [{"label": "GRADE", "pattern": word, "id": level} for word, level in lexicon.grades]
        + [{"label": "TITLE", "pattern": word, "id": level} for word, level in lexicon.titles]
        + [{"label": "HEAD", "pattern": word} for word in lexicon.heads]
        + [{"label": "DECOY", "pattern": word} for word in lexicon.decoys]
    )


def _names(doc: Any) -> Any:
    _put(doc, names(doc.text, tagger()))
    return doc


def build(lexicon: Lexicon, *, with_names: bool) -> Any:
    """A `blank("zh")` pipeline whose documents carry this room's spans in `doc.spans[label]`, `span._.value` and `span._.detail`."""
    for name in ("value", "detail"):
        Stretch.set_extension(name, default=None, force=True)
    nlp = spacy.blank("zh")
    nlp.tokenizer = CharacterTokens(nlp.vocab, lexicon)
    Language.component("wuxiao_rules", func=_rules)
    Language.component("wuxiao_closed", func=_closed)
    Language.component("wuxiao_names", func=_names)
    nlp.add_pipe("wuxiao_rules")
    nlp.add_pipe("span_ruler", config={"spans_key": _CLOSED}).add_patterns(_patterns(lexicon))
    nlp.add_pipe("wuxiao_closed")
    if with_names:
        nlp.add_pipe("wuxiao_names")
    return nlp


def spans_of(doc: Any, text: str) -> tuple[Span, ...]:
    """The spans of `doc`, in order of place, with the characters of `text` as it was handed in."""
    found = [
        Span(label, span.start, span.end, text[span.start : span.end], span._.value, span._.detail)
        for label in LABELS
        for span in doc.spans.get(label, ())
    ]
    return tuple(sorted(found, key=lambda span: (span.start, -span.end, span.label)))
