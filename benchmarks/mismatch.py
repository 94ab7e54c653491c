"""Whether a true difference between Word and its scan is ever swallowed, and how often equal ones raise an alarm.

    python -m benchmarks.mismatch --cases 4 --seed 21 [--damage grey --damage photo] [--swallowed 20]

Invented forms are printed, stamped, damaged and read (as in `benchmarks.scan`). Each value is then held against a Word version that
says the same (`equal`), and against many that say something else: another digit, another person, another sentence. `mismatch` and
`unsure` are the two findings that a clerk sees; `swallowed` is what nobody would ever look at.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks.scan import Paper, cached, load, read_damaged
from extractors.copies import choices, fields_by_name, kinds_of, reread
from extractors.extract import extract_forms
from extractors.reread import even
from extractors.submission import Field, Form
from fixtures.damage import DAMAGES
from fixtures.differences import CHANGES
from parsers.scan.engine import Engine, load_engine
from profiles.load import load_profile
from profiles.profile import FormRule, Profile

FORMS = ("nomination", "person", "commitment")
WAYS = ("clean", "grey", "one-bit", "photo", "jpeg40", "pale", "half-size", "show-through")


def main() -> None:
    options = arguments()
    engine, profile = load_engine(), load_profile("zhenjiang_2024")
    with tempfile.TemporaryDirectory() as work:
        papers = [paper for paper in load(cached(options.cases, options.seed, Path(options.work or work))) if paper.form in FORMS]
    print(f"{len(papers)} forms, {sum(len(p.values) for p in papers)} values; {engine.name}")
    print(f"{'':22} {'pairs':>6} {'mismatch':>9} {'unsure':>8} {'silent':>8}")
    whole: Counter[tuple[str, str]] = Counter()
    for name in options.damage or WAYS:
        swallowed: list[str] = []
        counts = Counter(verdicts(papers, name, options.seed, engine, profile, swallowed))
        whole += counts
        row(f"{name}: equal", counts, ["equal"])
        row(f"{name}: different", counts, sorted({change for change, _ in counts} - {"equal"}))
        print(*swallowed[: options.swallowed], sep="\n", end="\n" if swallowed[: options.swallowed] else "")
    for change in sorted({change for change, _ in whole}):
        row(change, whole, [change])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=3)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--damage", action="append", choices=list(DAMAGES))
    parser.add_argument("--swallowed", type=int, default=0, help="print so many silent differences and loud equals a degradation")
    parser.add_argument("--work", help="folder that keeps the clean pages (default: none kept)")
    return parser.parse_args()


def verdicts(papers: Sequence[Paper], name: str, seed: int, engine: Engine, profile: Profile, notes: list[str]) -> Iterator[tuple[str, str]]:
    """(`equal` or the name of the change, `same`, `unsure`, `differs` or `one-sided`) for every pair."""
    for number, sheet in enumerate(papers):
        document, _ = read_damaged(sheet, name, seed * 1000 + number * 10, engine)
        forms = [form for form in extract_forms(document, message="m", file="f", profile=profile) if form.form == sheet.form]
        for change, key, word, verdict in compared(sheet, forms, profile, Random(seed * 77 + number)):
            yield change, verdict
            if (change == "equal") == (verdict != "same"):
                read = fields_by_name(forms).get(key)
                notes.append(f"    {sheet.name} {key} {change} → {verdict}: Word {word!r}, scan {read.value if read else None!r}")


def compared(sheet: Paper, scans: Sequence[Form], profile: Profile, rng: Random) -> Iterator[tuple[str, str, str, str]]:
    """(change, field, what Word says, verdict) for every value as it is, and changed in each way that suits its kind."""
    rule = profile.form(scans[0].form if scans else sheet.form)
    kinds = kinds_of(rule)
    by_hand = {field.name for field in rule.fields() if field.by_hand}
    values = {key.partition(".")[2]: value for key, value in sheet.values.items()}
    for key in values.keys() - by_hand:
        yield "equal", key, values[key], verdict(rule, values, key, scans, profile)
        for change in CHANGES[kinds[key]]:
            other = change(values[key], rng)
            if even(other) != even(values[key]) and other:
                yield change.__name__, key, other, verdict(rule, values | {key: other}, key, scans, profile)


def verdict(rule: FormRule, words: dict[str, str], key: str, scans: Sequence[Form], profile: Profile) -> str:
    """What the program makes of this field of a Word version that says `words` and the scan."""
    word = Form("m", "w", rule.name, "word", (Field(rule.name, key, words[key], words[key]),), "\n".join(words.values()))
    only = [replace(form, fields=tuple(f for f in form.fields if f.field == key)) for form in scans]
    return choices(reread((word, *only), profile), profile)[0].agreement


def row(name: str, counts: Counter[tuple[str, str]], changes: Sequence[str]) -> None:
    here = Counter({verdict: sum(counts[change, verdict] for change in changes) for verdict in ("differs", "unsure", "one-sided", "same")})
    total = max(here.total(), 1)
    loud, unsure = here["differs"], here["unsure"] + here["one-sided"]
    print(f"{name:22} {total:>6} {100 * loud / total:>8.1f}% {100 * unsure / total:>7.1f}% {100 * here['same'] / total:>7.2f}%", flush=True)


if __name__ == "__main__":
    main()
