"""Submissions made by hand: a `Draft` is one message with projects that nothing is wrong with, and a test breaks one thing of it.

All people, firms and numbers are invented.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from checks.finding import Finding
from checks.judge import judge
from checks.register import Register
from extractors.submission import Choice, Field, Form, Project, SourceFile, Submission, TextSpan
from profiles.load import load_profile
from profiles.profile import Profile

CHINA = timezone(timedelta(hours=8))
CITY = load_profile("zhenjiang_2024")
EARLY = datetime(2024, 3, 20, 9, 30, tzinfo=CHINA)
Values = dict[str, str]

NOMINATION: Values = {
    "category": "小革新",
    "project_name": "轧机导卫快速更换装置改进",
    "period_start": "2022-05",
    "period_end": "2023-06",
    "domain": "冶金设备",
    "service_invention": "是",
    "funding_source": "列入公司2022年职工创新计划，编号CX-22-07，2023年6月验收结题，资金自筹。",
    "summary_what": "本项目对轧机导卫的固定方式进行改进，采用不锈钢快换卡座。",
    "summary_problem": "解决了导卫更换时间长、定位不准的问题。",
    "summary_innovation": "首创偏心锁紧结构，取得实用新型专利1项。",
    "summary_benefit": "年节约停机损失42.5万元，可在同类轧线推广。",
    "summary_quality": "成材率由96.1%提高到97.4%。",
    "transferred_firms": "0",
    "transfer_income": "0",
    "internal_benefit": "42.5",
    "award_1_year": "2022",
    "award_1_name": "职工合理化建议一等奖",
    "award_1_grantor": "江苏北固特钢有限公司工会",
}
PERSON: Values = {
    "name": "贺长林",
    "gender": "男",
    "prior_provincial_award": "否",
    "education": "大专",
    "skill_level": "高级技师（一级）",
    "title": "工程师",
    "employer": "镇江北固特钢有限公司",
    "position": "轧钢调整工",
    "id_number": "321102198504121034",
    "mobile": "13912800417",
    "email": "hecl@beigu-steel.com",
    "postcode": "212002",
    "address": "镇江市润州区冶金路19号",
    "unit_name": "镇江北固特钢有限公司",
    "unit_type": "公有制企业",
    "unit_address": "镇江市润州区冶金路19号",
    "unit_postcode": "212002",
    "unit_contact": "谢晓云",
    "unit_contact_position": "人事主管",
    "unit_contact_mobile": "051185551207",
    "unit_contact_email": "hr@beigu-steel.com",
    "union_name": "镇江北固特钢有限公司工会",
    "union_contact": "冯建国",
    "union_position": "工会主席",
    "union_phone": "13605286632",
    "union_address": "镇江市润州区冶金路19号",
    "union_postcode": "212002",
    "union_email": "gh@beigu-steel.com",
}
COMMITMENT: Values = {
    "commitment_unit": "镇江北固特钢有限公司",
    "commitment_project": "轧机导卫快速更换装置改进",
    "commitment_project_2": "轧机导卫快速更换装置改进",
}
RECOMMENDATION: Values = {
    "section_introduction": "轧线每月更换导卫二十余次，每次停机四十分钟，职工劳动强度大。",
    "section_practice": "小组先摸清磨损规律，再用旧料试制快换卡座，不断改进，最后编写操作卡。",
    "section_results": "装置自2023年6月投入使用以来运行稳定，停机时间缩短到八分钟，没有发生一起事故。",
    "word_count": "1180",
    "character_count": "1240",
}
CERTIFICATE: Values = {"name": "贺长林", "employer": "镇江北固特钢有限公司", "issued_date": "2024-03-12"}
ROW: Values = {
    "seq": "1",
    "project_name": "轧机导卫快速更换装置改进",
    "implementing_unit": "镇江北固特钢有限公司",
    "main_completers": "贺长林、谢晓云",
    "category": "小革新",
    "phone": "13912800417",
}
HEAD: Values = {"nominating_unit": "润州区总工会", "fill_date": "2024-03-15", "contact": "唐敏", "contact_phone": "051184423310"}


def letter(profile: Profile, values: Values) -> str:
    """The 承诺书's printed text with its blanks filled."""
    text = "\n".join(profile.form("commitment").printed)
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@dataclass
class Draft:
    """One project on its way: values by form and source, marks of its scans, its row in the 汇总表 (None: none)."""

    key: str = "p1"
    word: dict[str, Values] = field(
        default_factory=lambda: {
            "nomination": dict(NOMINATION),
            "person": dict(PERSON),
            "commitment": dict(COMMITMENT),
            "recommendation": dict(RECOMMENDATION),
        }
    )
    scan: dict[str, Values] = field(
        default_factory=lambda: {
            "nomination": dict(NOMINATION),
            "person": dict(PERSON),
            "commitment": {**COMMITMENT, "signed_date": "2024-03-11"},
            "certificate": dict(CERTIFICATE),
        }
    )
    ticks: tuple[str, ...] = ("小革新",)
    sealed: dict[str, bool | None] = field(default_factory=lambda: {"nomination": True, "certificate": True})
    signed: bool | None = True
    tone: dict[str, str] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    spans: dict[str, tuple[TextSpan, ...]] = field(default_factory=dict)
    agreement: dict[str, str] = field(default_factory=dict)
    row: Values | None = field(default_factory=lambda: dict(ROW))
    received_at: datetime | None = None
    first_received_at: datetime | None = None
    superseded_by: str | None = None

    def write(self, form: str, **values: str) -> Draft:
        """The same values in both versions of the form; "" empties the cell."""
        for source in (self.word, self.scan):
            for name, value in values.items():
                if form in source:
                    source[form][name] = value
        return self

    def copy(self, key: str) -> Draft:
        """Another project: the same but for its key."""
        other = copy.deepcopy(self)
        other.key = key
        return other

    def renamed(self, name: str) -> Draft:
        """The same project under another name, wherever it is written."""
        self.write("nomination", project_name=name).write("commitment", commitment_project=name, commitment_project_2=name)
        if self.row:
            self.row["project_name"] = name
        return self

    def form(self, form: str, source: str, profile: Profile) -> Form:
        values = (self.word if source == "word" else self.scan)[form]
        text = "\n".join(values.values())
        if form == "commitment":
            text = letter(profile, values)
        elif form == "certificate":
            text = f"一线职工证明 兹证明{values.get('name')}系{values.get('employer')}一线职工。"
        fields = tuple(
            Field(
                form,
                name,
                value,
                value,
                confidence=self.confidence.get(name, 1.0) if source == "scan" else 1.0,
                page=1 if source == "scan" else None,
            )
            for name, value in values.items()
            if value
        )
        return Form(
            message="m1",
            file=f"{self.key}/{form}.{'docx' if source == 'word' else 'pdf'}",
            form=form,
            source=source,
            fields=fields,
            text=self.texts.get((form, source), text),
            first_page=1 if source == "scan" else None,
            last_page=1 if source == "scan" else None,
            sealed=self.sealed.get(form) if source == "scan" else None,
            signed=self.signed if (form, source) == ("commitment", "scan") else None,
            tone=self.tone.get(form, "colour") if source == "scan" else None,
            ticks=self.ticks if form == "nomination" else (),
            notes=self.notes.get(form, ()),
            spans=self.spans.get(form, ()),
        )

    def project(self, message: str, unit: str | None, received_at: datetime | None, profile: Profile) -> Project:
        forms = tuple(self.form(form, source, profile) for source, table in (("word", self.word), ("scan", self.scan)) for form in table)
        names = dict.fromkeys((form.form, f.field) for form in forms for f in form.fields)
        choices = []
        for form, name in names:
            word, scan = (
                next((f for copy_ in forms if copy_.form == form and copy_.source == s for f in copy_.fields if f.field == name), None)
                for s in ("word", "scan")
            )
            counts = word or scan
            agreement = "one-sided" if not (word and scan) else "same" if word.value == scan.value else "differs"
            choices.append(Choice(form, name, counts.value, "word" if word else "scan", self.agreement.get(name, agreement), word, scan))
        return Project(
            key=self.key,
            message=message,
            unit=unit,
            name=next((c.value for c in choices if c.field in ("project_name", "commitment_project")), ""),
            forms=forms,
            choices=tuple(choices),
            received_at=self.received_at or received_at,
            first_received_at=self.first_received_at or received_at,
            superseded_by=self.superseded_by,
        )


@dataclass
class Mail:
    """One message of one unit with its projects; its 汇总表 lists their rows and `rows`."""

    projects: list[Draft] = field(default_factory=lambda: [Draft()])
    message: str = "m1"
    unit: str | None = "润州区总工会"
    known: bool = True
    subject: str = "“五小”活动项目+润州区总工会"
    received_at: datetime | None = EARLY
    sources: tuple[str, ...] = ("word", "scan")
    head: Values = field(default_factory=lambda: dict(HEAD))
    rows: list[Values] = field(default_factory=list)
    sealed: bool | None = True
    tone: str = "colour"
    files: tuple[SourceFile, ...] = ()
    unit_sources: tuple[tuple[str, str], ...] = ()

    def summary(self, source: str) -> Form:
        rows = [draft.row for draft in self.projects if draft.row] + self.rows
        fields = [Field("summary", name, value, value) for name, value in self.head.items() if value]
        for number, row in enumerate(rows, 1):
            fields += [Field("summary", name, value, value, row=number) for name, value in row.items() if value]
        mark = self.sealed if source == "scan" else None
        file = f"{self.message}/附件1.{'docx' if source == 'word' else 'pdf'}"
        return Form(self.message, file, "summary", source, tuple(fields), sealed=mark, tone=self.tone if source == "scan" else None)

    def build(self, profile: Profile = CITY) -> Submission:
        return Submission(
            message=self.message,
            message_id=f"<{self.message}@example.com>",
            subject=self.subject,
            sender="经办人",
            sender_address="jb@example.com",
            received_at=self.received_at,
            unit=self.unit,
            unit_known=self.known,
            unit_sources=self.unit_sources,
            files=self.files,
            summaries=tuple(self.summary(source) for source in self.sources),
            projects=tuple(draft.project(self.message, self.unit, self.received_at, profile) for draft in self.projects),
        )


def findings(mail: Mail, *others: Mail, register: Register | None = None, profile: Profile = CITY) -> tuple[Finding, ...]:
    """What the rules say of `mail`, the unit having sent `others` as well."""
    return judge(mail.build(profile), tuple(other.build(profile) for other in others), register or Register(), profile)


def told(found: tuple[Finding, ...]) -> set[tuple[str, str | None]]:
    """(rule, field) of each finding but the number of projects, which one project alone always breaks."""
    return {(f.rule, f.field) for f in found if f.rule != "quota"}


def broken(draft: Draft, **mail: object) -> set[tuple[str, str | None]]:
    """What is told of a message with this one project."""
    return told(findings(Mail([draft], **mail)))
