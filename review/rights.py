"""Who may see what of datasette's own pages: the contract's views and the questions are for everybody with an account, the tables behind
them and SQL of one's own for who reviews, the database as a file for nobody."""

from __future__ import annotations

from review.words import ROLES, VIEWS

Rule = tuple[str | None, str | None, bool]
"""(database, table, allowed); None stands for any."""
DATABASE = "intake"


def allowed(role: str | None, action: str, table: str | None) -> bool | None:
    """Whether `role` (None: nobody) may do datasette's `action` (on `table`); None leaves it to datasette's own rules."""
    if role not in ROLES or action == "view-database-download":
        return False
    if action == "execute-sql" or (action == "view-table" and table not in VIEWS):
        return role != "viewer"
    return None


def rules(role: str | None, action: str) -> tuple[Rule, ...]:
    """The same as a table, for datasette from 1.0: the narrower rule goes before the wider."""
    if role not in ROLES or action == "view-database-download":
        return ((None, None, False),)
    if action == "execute-sql":
        return ((DATABASE, None, role != "viewer"),)
    if action == "view-table":
        return ((DATABASE, None, role != "viewer"), *((DATABASE, view, True) for view in VIEWS))
    return ()
