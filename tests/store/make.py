"""Small readings and submissions made by hand, for the store's tests."""

import hashlib
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from checks.finding import Finding
from extractors.submission import Choice, Field, Form, Project, Reading, SourceFile, Submission
from intake.message import Attachment, Message, Taken
from parsers.document import Box
from profiles.profile import Profile
from store.database import Store
from store.jobs import message_key

_CAMPAIGN = tomllib.loads(files("profiles").joinpath("zhenjiang_2024.toml").read_text(encoding="utf-8"))
PROFILE = Profile.model_validate({"rules": {}, "words": {}, **_CAMPAIGN})
NOW = datetime(2024, 3, 26, 9, 0, tzinfo=UTC)
ID = "32118119850910487X"


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def taken(number: int = 1, source: str = "/mail", name: str = "01.eml") -> Taken:
    return Taken(sha(number), "mail", source, name)


def key(number: int = 1) -> str:
    return message_key(sha(number))


def forms(
    message: str, name: str = "自动送料装置", person: str = "陈国庆", id_number: str = ID, firm: str = "丹阳市云阳工具厂"
) -> tuple[Form, ...]:
    box = Box(0.1, 0.2, 0.3, 0.4)
    nomination = (
        Field("nomination", "project_name", name, name),
        Field("nomination", "category", "小革新", "☑小革新"),
        Field("nomination", "summary_what", f"{name}用于冲压线，替代人工上料，" * 4, "…"),
    )
    person_fields = (
        Field("person", "name", person, person),
        Field("person", "employer", firm, firm),
        Field("person", "unit_name", firm, firm),
        Field("person", "id_number", id_number, f"{id_number[:6]} {id_number[6:14]} {id_number[14:]}", page=2, box=box, confidence=0.9),
    )
    text = f"姓名{person}\n身份证号 {id_number[:6]} {id_number[6:14]} {id_number[14:]}\n"
    return (
        Form(message, "材料.zip/附件2.docx", "nomination", "word", nomination, text=name),
        Form(message, "材料.zip/附件3.docx", "person", "word", tuple(replace(f, page=None, box=None) for f in person_fields), text=text),
        Form(message, "材料.zip/扫描.pdf", "person", "scan", person_fields, text=text, first_page=2, last_page=2, sealed=True),
    )


def reading(
    number: int = 1,
    unit: str | None = "丹阳市总工会",
    received: datetime | None = NOW,
    kind: str = "submission",
    files=None,
    sender: str = "gh@example.com",
) -> Reading:
    message = Message(
        key(number),
        sha(number),
        f"<{number}@example.com>",
        f"“五小”活动项目+{unit}",
        "工会",
        sender,
        received,
        (Attachment("材料.zip/附件2.docx", sha(100), 10, "application/x", "waiting"),),
        kind=kind,
    )
    files = files if files is not None else (SourceFile("材料.zip/附件2.docx", sha(100), "application/x", 10, "parsed"),)
    return Reading(message, files, forms(key(number)), unit, unit is not None)


def project(number: int = 1, suffix: str = "", unit: str | None = "丹阳市总工会", **words: str) -> Project:
    made = forms(key(number), **words)
    choices = tuple(Choice(f.form, f.field, f.value, "word", "same") for form in made if form.source == "word" for f in form.fields)
    return Project(f"p{number:015x}{suffix}", key(number), unit, made[0].value("project_name"), made, choices=choices, received_at=NOW)


def submission(number: int = 1, unit: str | None = "丹阳市总工会", projects: tuple[Project, ...] | None = None) -> Submission:
    head = (Field("summary", "nominating_unit", str(unit), str(unit)), Field("summary", "project_name", "自动送料装置", "自动送料装置", row=1))
    summary = Form(key(number), "附件1.xlsx", "summary", "word", head, text="汇总表")
    own = (project(number, unit=unit),) if projects is None else projects
    r = reading(number, unit)
    m = r.message
    return Submission(m.key, m.message_id, m.subject, m.sender, m.sender_address, m.received_at, unit, True, (), r.files, (summary,), own)


def finding(
    number: int = 1, rule: str = "missing-field", severity: str = "error", field: str | None = "email", of_project: bool = True
) -> Finding:
    project_key = f"p{number:015x}" if of_project else None
    return Finding(key(number), project_key, rule, severity, f"身份证号{ID}一栏有误", "person" if field else None, field)


def open_store(folder: Path) -> Store:
    return Store.open(folder, PROFILE)


def read(store: Store, number: int = 1, unit: str | None = "丹阳市总工会", sender: str = "gh@example.com") -> None:
    """One message taken in and read."""
    store.record(taken(number), NOW)
    job = store.lease("read", "t", NOW, 60)
    assert job is not None
    store.finish_reading(job, reading(number, unit, sender=sender))


def settle(store: Store, said: dict[str, tuple[Submission, tuple[Finding, ...]]]) -> list[str]:
    """Works the settle jobs, each message being as `said`; which messages were settled, in order."""
    settled = []
    while (job := store.lease("settle", "t", NOW, 60)) is not None:
        made, findings = said[job.message]
        store.save_settled(job, (made,), findings)
        settled.append(job.message)
    return settled


def through(store: Store, number: int = 1, unit: str | None = "丹阳市总工会", findings: tuple[Finding, ...] = ()) -> None:
    """One message the whole way: taken in, read, settled."""
    read(store, number, unit)
    settle(store, {key(number): (submission(number, unit), findings)})
