"""A small filled desk made by hand: one unit, two projects (one lacks a seal and has a misread phone), a page picture, accounts. No OCR."""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from extractors.submission import Field, Form, Reading, SourceFile
from intake.message import Attachment, Message, Taken
from intake.originals import Originals
from parsers.document import Box, Cell, Document, Line, Page, Paragraph, Run, Seal, Table
from pipeline.pages import PageImages
from pipeline.process import settle
from store.database import Store
from store.jobs import message_key
from tests.store.make import PROFILE

NOW = datetime(2024, 3, 28, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ID, PASSWORD = "32118119850910487X", "correct horse"
UNIT, PROJECT_NAME, EVIL = "丹阳市总工会", "冲床自动送料装置", "<script>alert(1)</script>javascript:alert(2)=HYPERLINK(3)"
ACCOUNTS = (("李查看", "viewer"), ("王审核", "reviewer"), ("赵管理", "admin"))
ID_BOX, PHONE_BOX = Box(0.6, 0.3, 0.9, 0.33), Box(0.2, 0.3, 0.45, 0.33)
FIRM = "丹阳市云阳工具厂"
PERSON = {
    "name": "陈国庆", "gender": "男", "prior_provincial_award": "否", "education": "大专", "skill_level": "高级工", "employer": FIRM,
    "position": "冲压班长", "id_number": ID, "mobile": "13800000321", "email": "chen@yunyang.example", "postcode": "212300",
    "address": "丹阳市云阳路1号", "unit_name": FIRM, "unit_type": "非公企业", "unit_address": "丹阳市云阳路1号", "unit_postcode": "212300",
    "unit_contact": "周敏", "unit_contact_position": "办公室", "unit_contact_mobile": "13800000322",
    "unit_contact_email": "zhou@yunyang.example",
    "union_name": f"{FIRM}工会", "union_contact": "周敏", "union_position": "主席", "union_phone": "0511-80000001",
    "union_address": "丹阳市云阳路1号", "union_postcode": "212300", "union_email": "gh@yunyang.example",
}  # fmt: skip
NOMINATION = {
    "category": "小革新", "project_name": PROJECT_NAME, "period_start": "2022-03", "period_end": "2023-03", "domain": "机械制造",
    "service_invention": "否", "summary_what": "一种自动送料装置。", "summary_problem": "替代人工上料。", "summary_innovation": "结构简单。",
    "summary_benefit": "年节约12万元，效率提高35%。", "summary_quality": "废品率下降。", "transferred_firms": "0", "transfer_income": "0",
    "internal_benefit": "12",
}  # fmt: skip
SECTIONS = {
    "section_introduction": "上料靠人工。",
    "section_practice": "加装送料机构，2022年5月投入使用。",
    "section_results": f"年节约12万元。{EVIL}",
}

WRITTEN = {"internal_benefit": "十二万多元"}
"""How a value is written on the form, where it is not as it is kept."""


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def form(key: str, name: str, source: str, values: dict[str, str], file: str, page: int | None = None, **more) -> Form:
    boxes = {"id_number": ID_BOX, "mobile": PHONE_BOX} if page else {}
    sure = 0.97 if page else 1.0
    fields = tuple(
        Field(name, field, value, WRITTEN.get(field, value), page=page, box=boxes.get(field), confidence=sure)
        for field, value in values.items()
    )
    text = "\n".join(values.values())
    return Form(key, file, name, source, fields, text=text, first_page=page, last_page=page, tone="colour" if page else None, **more)


def forms(key: str, number: int) -> tuple[Form, ...]:
    name = PROJECT_NAME if number == 1 else EVIL
    who = PERSON if number == 1 else PERSON | {"name": "孙丽", "id_number": "321181199003154821", "gender": "女", "mobile": "13800000323"}
    nomination = NOMINATION | {"project_name": name}
    misread = who | {"mobile": who["mobile"][:-1] + "7"} if number == 1 else who
    letter = {"commitment_unit": who["employer"], "commitment_project": name, "commitment_project_2": name, "signed_date": "2024-03-01"}
    folder = f"材料/{number}"
    text = "\n".join(PROFILE.form("commitment").printed)
    seal = {"sealed": True}
    sections = SECTIONS | {
        "section_introduction": f"{who['employer']}{who['name']}的“{name}”。上料靠人工。",
        "word_count": "120",
        "character_count": "130",
    }
    essay = form(key, "recommendation", "word", sections, f"{folder}/推荐材料.docx")
    return (
        form(key, "nomination", "word", nomination, f"{folder}/附件2.docx", ticks=("小革新",)),
        form(key, "nomination", "scan", nomination, f"{folder}/扫描.pdf", 1, ticks=("小革新",), sealed=number != 1),
        form(key, "person", "word", who, f"{folder}/附件3.docx"),
        form(key, "person", "scan", misread, f"{folder}/扫描.pdf", 2, **seal),
        replace(form(key, "commitment", "word", letter, f"{folder}/附件4.docx"), text=text),
        replace(form(key, "commitment", "scan", letter, f"{folder}/扫描.pdf", 3, signed=True), text=text),
        replace(essay, text=f"{name}\n{essay.text}"),
        form(key, "certificate", "scan", {"name": who["name"], "employer": who["employer"]}, f"{folder}/扫描.pdf", 4, **seal),
    )


def summary(key: str) -> tuple[Form, ...]:
    head = {"nominating_unit": UNIT, "fill_date": "2024-03-20", "contact": "周敏", "contact_phone": "0511-80000001"}
    rows = (
        {
            "seq": "1",
            "project_name": PROJECT_NAME,
            "implementing_unit": FIRM,
            "main_completers": "陈国庆",
            "category": "小革新",
            "phone": "13800000321",
        },
        {"seq": "2", "project_name": EVIL, "implementing_unit": FIRM, "main_completers": "孙丽", "category": "小革新", "phone": "13800000323"},
    )
    cells = tuple(Field("summary", field, value, value, row=n) for n, row in enumerate(rows, 1) for field, value in row.items())
    word = form(key, "summary", "word", head, "附件1.xlsx")
    return (replace(word, fields=word.fields + cells), replace(form(key, "summary", "scan", head, "附件1.pdf", 1, sealed=True)))


def picture() -> Image.Image:
    image = Image.new("RGB", (900, 1273), "white")
    pen = ImageDraw.Draw(image)
    for row in range(14):
        pen.rectangle((60, 120 + row * 60, 840, 180 + row * 60), outline="black")
    for box, text in ((ID_BOX, ID), (PHONE_BOX, "13800000321")):
        pen.rectangle((box.x0 * 900, box.y0 * 1273, box.x1 * 900, box.y1 * 1273), fill="#101010")
        pen.text((box.x0 * 900 + 4, box.y0 * 1273 + 4), text, fill="red")
    return image


def document(pages: int, sealed: set[int]) -> Document:
    label = Cell(0, 0, 1, 1, (Paragraph((Line((Run("身份证号"),), Box(0.5, 0.3, 0.59, 0.33)),)),), Box(0.5, 0.3, 0.59, 0.33))
    value = Cell(0, 1, 1, 1, (Paragraph((Line((Run("看不清"),), ID_BOX),)),), ID_BOX)
    told = Paragraph((Line((Run(f"本人{ID}"),), Box(0.1, 0.8, 0.5, 0.82)),))
    seals = (Seal(Box(0.6, 0.7, 0.8, 0.84), "red", "round"),)
    return Document(
        "scan",
        "application/pdf",
        tuple(
            Page(n, (Table(1, 2, (label, value)), told) if n == 2 else (), 900, 1273, seals=seals if n in sealed else ())
            for n in range(1, pages + 1)
        ),
        "test",
    )


def fill(data: Path) -> Store:
    """The store, taken in, read and settled by the house's own functions."""
    store = Store.open(data, PROFILE)
    originals, images = Originals(data / "originals"), PageImages(data / "pages")
    (data / "originals").mkdir(mode=0o700)
    taken = Taken(originals.put(b"From: gh@dy.example\r\n\r\n"), "mail", "/mail", "01.eml")
    key = message_key(taken.sha256)
    store.record(taken, NOW)
    read = (*summary(key), *forms(key, 1), *forms(key, 2))
    files = tuple(_file(originals, path, 4 if path.endswith("扫描.pdf") else 1 if path.endswith(".pdf") else None) for path in _paths(read))
    for file in (file for file in files if file.pages):
        folder = images.folder(file.sha256)
        folder.mkdir(parents=True)
        for page in range(1, file.pages + 1):
            picture().save(folder / f"{page}.jpg", quality=60)
        store.keep_document(file.sha256, "test", document(file.pages, {2, 4} if "材料/1" in file.path else {1, 2, 4}))
    attachments = tuple(Attachment(file.path, file.sha256, file.size, file.media_type, "parsed") for file in files)
    message = Message(
        key, taken.sha256, "<1@dy.example>", f"“五小”活动项目+{UNIT}", "丹阳总工会 <gh@dy.example>", "gh@dy.example", NOW, attachments
    )
    job = store.lease("read", "test", NOW, 60)
    store.finish_reading(job, Reading(message, files, read, UNIT, unit_known=True))
    while (job := store.lease("settle", "test", NOW, 60)) is not None:
        settle(store, PROFILE, job, store.unit_of(job.message), job.message)
    for name, role in ACCOUNTS:
        store.accounts.add(name, PASSWORD, role)
    return store


def _paths(read: tuple[Form, ...]) -> list[str]:
    return list(dict.fromkeys(form.file for form in read))


def _file(originals: Originals, path: str, pages: int | None) -> SourceFile:
    data = f"{EVIL} {path}".encode()
    return SourceFile(path, originals.put(data), "application/octet-stream", len(data), "parsed", None, pages)
