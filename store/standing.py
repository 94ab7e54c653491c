"""Where a project and a message stand: figures that follow from the findings, the dismissals and the decision, kept with their row.

Whoever changes one of these calls `restate` in the same transaction; nothing else writes the columns. They are there so that lists of
100,000 projects are filtered, counted and ordered in one pass over one index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable


def restate(database: sqlite3.Connection, messages: Iterable[str]) -> None:
    """Counts the open findings of these messages and their projects anew, and notes what was decided on the projects.

    A project's status follows from its own open findings alone, a message's errors are those of no project (contract, "Whose finding").
    What had to be verified and was found true is verified: it waits for nobody any more.
    """
    keys = [(message,) for message in messages]
    for statement in (_MESSAGE, _FINDINGS, _STATUS, _DECISION):
        database.executemany(statement, keys)


_OPEN = "finding_list AS f WHERE f.state = 'open' AND f.project = project.project"
_SETTLED = """EXISTS (SELECT 1 FROM acceptance AS a WHERE a.message = f.message AND a.project = f.project AND a.rule = f.rule
    AND a.form = coalesce(f.form, '') AND a.field = coalesce(f.field, ''))"""
_MESSAGE = """
    UPDATE message SET message_errors = (SELECT count(*) FROM finding_list AS f
        WHERE f.state = 'open' AND f.severity = 'error' AND f.message = message.message AND f.project IS NULL)
    WHERE message = ?"""
_FINDINGS = f"""
    UPDATE project SET
        errors = (SELECT count(*) FROM {_OPEN} AND f.severity = 'error'),
        to_verify = (SELECT count(*) FROM {_OPEN} AND f.severity = 'verify' AND NOT {_SETTLED}),
        rules = coalesce((SELECT ' ' || group_concat(rule, ' ') || ' ' FROM (SELECT DISTINCT f.rule FROM {_OPEN} ORDER BY f.rule)), '')
    WHERE message = ?"""  # noqa: S608
_STATUS = f"""
    UPDATE project SET status = CASE
        WHEN EXISTS (SELECT 1 FROM {_OPEN} AND f.severity = 'ineligible') THEN 'ineligible'
        WHEN errors > 0 THEN 'incomplete' WHEN to_verify > 0 THEN 'review' ELSE 'complete' END
    WHERE message = ?"""  # noqa: S608
_DECISION = """
    UPDATE project SET
        decision = (SELECT d.decision FROM decision AS d WHERE d.project = project.project),
        reviewer = (SELECT d.actor FROM decision AS d WHERE d.project = project.project)
    WHERE message = ?"""
