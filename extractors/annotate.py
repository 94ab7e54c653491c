"""Chinese NLP over the prose of a form: amounts, dates of application, awards, grades, people … as spans of its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.nlp.spans import PLAIN, Lexicon, find_spans
from extractors.submission import Field, Form, TextSpan
from profiles.profile import Profile

# The kinds of field whose value is free text.
PROSE = frozenset({"prose", "text", "organisation"})


def annotate(form: Form, profile: Profile) -> Form:
    """`form` with the spans of every value that is free text: its sections, its prose, the names of its awards.

    The closed word lists are the language's own and the campaign's (`nlp_…` in the profile's `[words]`).
    """
    lexicon = lexicon_of(profile)
    spans = tuple(span for field in _prose(form, profile) for span in _spans(field, lexicon))
    return replace(form, spans=spans) if spans else form


def lexicon_of(profile: Profile) -> Lexicon:
    """The word lists that hold in this campaign."""
    return PLAIN.with_words(profile.words)


def _prose(form: Form, profile: Profile) -> Iterator[Field]:
    """The fields of `form` that hold free text, in their order."""
    if form.form == "other":
        return
    rule = profile.form(form.form)
    names = {field.name for field in rule.fields() if field.kind in PROSE} | {section.name for section in rule.sections}
    yield from (field for field in form.fields if field.field in names and field.row == 0)


def _spans(field: Field, lexicon: Lexicon) -> Iterator[TextSpan]:
    for span in find_spans(field.value, lexicon):
        yield TextSpan(field.field, span.label, span.start, span.end, span.text, span.value, span.detail)
