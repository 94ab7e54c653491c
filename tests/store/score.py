#!/usr/bin/env python3
# ruff: noqa
"""Score an intake database against a truth file; standard library only.

    score.py DIR/intake.db truth.json [--json] [--errors N]

Reads only the views of ../contract.md (private.db beside the database too, where it stands). A truth file:

    {"messages": [{
        "message_id": "<…>",              # RFC 5322 Message-ID, or null for a hand-delivered folder
        "subject": "…",                   # finds the message when message_id is null
        "unit": "丹阳市总工会", "status": "processed",
        "findings": [["late", null]],     # [rule, field]: must be there; field null: the rule, whatever its field
        "may": ["subject-format"],        # rules that may be there without counting as false
        "files": {"材料.zip/附件2.docx": "parsed"},
        "summary": {"word": {"head": {"nominating_unit": "…"}, "rows": [{"project_name": "…"}]}},
        "projects": [{
            "project_name": "…", "status": "incomplete",
            "fields": {"word": {"nomination.domain": "…"}, "scan": {"person.name": "…"}},
            "parts": {"scan": {"commitment": {"sealed": 1, "signed": 1}}},
            "findings": [["missing-field", "email"]], "may": []
        }]
    }]}

Values are compared after NFKC and the removal of white space. A long value (30 characters or more) read from a scan
may have one wrong character, or 2 %. A value that the truth does not hold counts as invented when the truth has any
value of that form in that source.
"""

import argparse
import json
import sqlite3
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

LONG, LONG_CER = 30, 0.02
SURE, DOUBTED = 0.95, 0.8


def plain(text):
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split())


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        left, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (x != y))
    return row[-1]


def same(got, want, source):
    got, want = plain(got), plain(want)
    if got == want:
        return True
    return source == "scan" and len(want) >= LONG and distance(got, want) <= max(1, LONG_CER * len(want))


class Tally:
    """Counts per measure, and the misses worth printing."""

    def __init__(self):
        self.right, self.total, self.misses = Counter(), Counter(), []

    def add(self, measure, ok, *miss):
        self.total[measure] += 1
        self.right[measure] += bool(ok)
        if not ok:
            self.misses.append((measure, *map(str, miss)))

    def figures(self):
        return {m: {"right": self.right[m], "of": n, "share": round(self.right[m] / n, 4)} for m, n in sorted(self.total.items())}


def rows(db, sql, *values):
    return [dict(row) for row in db.execute(sql, values)]


def all_fields(db):
    """Every row of field_list; a sensitive one with the full value that private.db holds."""
    fields = rows(db, "select * from field_list")
    if not any(row["name"] == "private" for row in db.execute("pragma database_list")):
        return fields
    place = ("project", "message", "form", "row", "field", "source", "file", "page")
    full = {tuple(f[k] for k in place): f["value"] for f in rows(db, "select * from private.field_list")}
    return [{**f, "value": full.get(tuple(f[k] for k in place), f["value"])} for f in fields]


def score_values(tally, measure, wanted, got, source, where):
    """wanted: key -> value; got: key -> row of field_list."""
    for key, want in wanted.items():
        row = got.get(key)
        ok = row is not None and same(row["value"], want, source)
        tally.add(measure, ok, where, key, f"want {want!r}", f"got {row['value']!r}" if row else "nothing read")
        if row and source == "scan":
            confidence = row["confidence"] or 0
            if confidence >= SURE:
                tally.add("sure values right", ok, where, key, f"want {want!r}", f"got {row['value']!r} at {confidence}")
            if not ok:
                tally.add("wrong values doubted", confidence < DOUBTED, where, key, f"got {row['value']!r} at {confidence}")
    for key, row in got.items():
        tally.add(f"{measure} not invented", key in wanted, where, key, f"invented {row['value']!r}")


def score_findings(tally, wanted, may, got, where):
    wanted, found = {tuple(w) for w in wanted}, {tuple(g) for g in got}
    rules = {rule for rule, _ in found}
    for rule, field in wanted:
        hit = (rule, field) in found or (field is None and rule in rules)
        tally.add("findings recall", hit, where, rule, field, "not reported")
    for rule, field in found:
        if rule not in may or (rule, field) in wanted:
            tally.add("findings precision", (rule, field) in wanted or (rule, None) in wanted, where, rule, field, "false alarm")


def find_message(messages, want, taken, files):
    """The row of message_list that a message of the truth stands for, or None."""
    mine = plain(want.get("message_id")).strip("<>")
    hits = [m for m in messages if mine and plain(m["message_id"]).strip("<>") == mine]
    hits = hits or [m for m in messages if want.get("subject") and plain(m["subject"]) == plain(want["subject"])]
    hits = [m for m in hits if m["message"] not in taken]
    hits.sort(key=lambda m: -len(set(want.get("files", {})) & set(files[m["message"]])))
    return hits[0] if hits else None


def score_message(tally, want, message, files, where):
    if "unit" in want:
        tally.add("units", plain(message["unit"]) == plain(want["unit"]), where, f"want {want['unit']}", f"got {message['unit']}")
    if want.get("status"):
        tally.add("message status", message["status"] == want["status"], where, f"want {want['status']}", f"got {message['status']}")
    for path, status in want.get("files", {}).items():
        tally.add("file status", files.get(path) == status, where, path, f"want {status}", f"got {files.get(path)}")


def score_summaries(tally, want, fields, where):
    for source, summary in want.get("summary", {}).items():
        table = defaultdict(dict)
        for f in fields:
            if f["form"] == "summary" and f["source"] == source:
                table[f["row"]][f["field"]] = f
        score_values(tally, f"summary {source}", summary.get("head", {}), table.pop(0, {}), source, where)
        left = [table[k] for k in sorted(table)]
        for i, row in enumerate(summary.get("rows", []), 1):
            near = min(left, default={}, key=lambda r: distance(plain(r.get("project_name", {}).get("value")), plain(row["project_name"])))
            if near:
                left.remove(near)
            score_values(tally, f"summary {source}", row, near, source, f"{where} row {i}")
        for row in left:
            score_values(tally, f"summary {source}", {}, row, source, f"{where} a row too many")


def score_project(tally, target, project, fields, parts, found, where):
    if target.get("status"):
        tally.add("project status", project["status"] == target["status"], where, f"want {target['status']}", f"got {project['status']}")
    own = [f for f in fields if f["form"] != "summary"]
    for source, wanted in target.get("fields", {}).items():
        forms = {key.split(".")[0] for key in wanted}
        got = {f"{f['form']}.{f['field']}": f for f in own if f["source"] == source and f["form"] in forms}
        score_values(tally, f"fields {source}", wanted, got, source, where)
    for source, forms in target.get("parts", {}).items():
        for form, marks in forms.items():
            mine = [p for p in parts if p["source"] == source and p["form"] == form]
            tally.add("parts recognised", bool(mine), where, source, form)
            for mark, value in marks.items():
                got = max((p[mark] for p in mine if p[mark] is not None), default=None)
                tally.add(mark, got == value, where, source, form, f"want {value}", f"got {got}")
    score_findings(tally, target.get("findings", []), target.get("may", []), found, where)


def score(db, truth):
    tally = Tally()
    messages, fields = rows(db, "select * from message_list"), all_fields(db)
    projects, parts, findings = (rows(db, f"select * from {view}") for view in ("project_list", "part_list", "finding_list"))
    files = defaultdict(dict)
    for f in rows(db, "select message, path, status from file_list"):
        files[f["message"]][f["path"]] = f["status"]
    nothing, taken = {"message": None, "unit": None, "status": None, "project": None}, set()
    for want in truth["messages"]:
        where = want.get("message_id") or want.get("subject")
        message = find_message(messages, want, taken, files)
        tally.add("messages found", message, where)
        message = message or nothing
        key = message["message"]
        taken.add(key)
        score_message(tally, want, message, files[key], where)
        score_findings(
            tally,
            want.get("findings", []),
            want.get("may", []),
            [(f["rule"], f["field"]) for f in findings if key is not None and f["message"] == key and f["project"] is None],
            where,
        )
        score_summaries(tally, want, [f for f in fields if key is not None and f["message"] == key], where)
        left = [p for p in projects if key is not None and p["message"] == key]
        for target in want.get("projects", []):
            name, here = plain(target["project_name"]), f"{where} {target['project_name']}"
            left.sort(key=lambda p: distance(plain(p["project_name"]), name))
            near = bool(left) and distance(plain(left[0]["project_name"]), name) <= 0.3 * max(len(name), 1)
            tally.add("projects found", near, here)
            project = left.pop(0) if near else nothing
            mine = [[r for r in table if near and r["project"] == project["project"]] for table in (fields, parts, findings)]
            score_project(tally, target, project, mine[0], mine[1], [(f["rule"], f["field"]) for f in mine[2]], here)
        for project in left:
            tally.add("projects not invented", False, where, project["project_name"])
    return tally


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", type=int, default=30, help="misses to print")
    options = parser.parse_args()
    db = sqlite3.connect(f"{options.database.resolve().as_uri()}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    private = options.database.resolve().with_name("private.db")
    if private.exists():
        db.execute("attach ? as private", (f"{private.as_uri()}?mode=ro",))
    tally = score(db, json.loads(options.truth.read_text(encoding="utf-8")))
    figures = tally.figures()
    if options.json:
        json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return
    for miss in tally.misses[: options.errors]:
        print("miss:", " | ".join(miss))
    for measure, f in figures.items():
        print(f"{measure:28} {f['right']:6} of {f['of']:6}  {100 * f['share']:6.2f} %")


if __name__ == "__main__":
    main()
