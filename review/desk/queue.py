"""队列: all current projects, filters that combine, search, sort, and a decision on several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, fields
from urllib.parse import urlencode

from datasette import Response

from errors import NotFound, Overtaken, UsageError
from review.desk.context import Asked, Desk, Route
from review.desk.project import DECISIONS
from review.words import CODES, RULES
from store.decisions import Act
from store.desk import Decide
from store.lists import PAGE, SORTS, UNDECIDED, QueueAsk
from texts import say, table

STATUSES = ("incomplete", "review", "ineligible", "complete")
MOST_AT_ONCE = 500


async def queue(desk: Desk, asked: Asked, notice: str = "") -> Response:
    """The projects that fit the filters of the address."""
    words = {field.name: (asked.request.args.get(field.name) or "")[:200] for field in fields(QueueAsk) if field.name != "page"}
    ask = QueueAsk(**words | {"sort": words["sort"] or "received"}, page=asked.page_number())
    found = await asyncio.to_thread(desk.store.desk.queue, ask)
    kept = {name: value for name, value in asdict(ask).items() if value and name != "page"}
    shown = {
        "ask": ask,
        "found": found,
        "notice": notice,
        "pages": max(1, -(-found.total // PAGE)),
        "first": PAGE * (ask.page - 1),
        "address": lambda **other: f"/-/queue?{urlencode({name: value for name, value in {**kept, **other}.items() if value != ''})}",
        "filtered": any(value for name, value in kept.items() if name != "sort"),
        "sorts": tuple(SORTS),
        "sort_words": table("sorts"),
        "decisions": DECISIONS,
        "units": _pairs(found.units),
        "reviewers": _pairs(found.reviewers),
        "category_options": (*_pairs(category.name for category in desk.profile.categories), (UNDECIDED, say("desk.category_unknown"))),
        "status_options": tuple((status, CODES["status"][status]) for status in STATUSES),
        "decision_options": ((UNDECIDED, say("desk.undecided")), *((decision, CODES["decision"][decision]) for decision in DECISIONS)),
        "rule_names": {rule: RULES.get(rule, rule) for rule in desk.profile.rules},
    }
    return await asked.page("queue.html", shown)


def _pairs(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


async def several(desk: Desk, asked: Asked) -> Response:
    """One decision on every ticked project; one that somebody else changed meanwhile is left alone and named."""
    decision = asked.form.get("decision", "")
    if decision not in DECISIONS:
        raise UsageError(why=say("desk.bad_value"))
    by = Act(asked.who.name, desk.now(), asked.form.get("reason", "").strip())
    done, overtaken = 0, []
    for ticked in asked.many.get("project", ())[:MOST_AT_ONCE]:
        key, _, version = ticked.partition(":")
        try:
            desk.store.desk.act(key, int(version) if version.isdecimal() else -1, (Decide(decision),), by)
            done += 1
        except (Overtaken, NotFound):
            overtaken.append(key)
    told = say("desk.bulk_done", done=done) if done or overtaken else say("desk.bulk_none")
    if overtaken:
        told += say("desk.bulk_overtaken", count=len(overtaken), names="、".join(overtaken[:5]))
    return await queue(desk, asked, told)


ROUTES = (Route(r"^/-/queue$", queue), Route(r"^/-/queue/decide$", several, role="reviewer", post=True))
