"""A small real mailbox: blank forms filled by python-docx, one mail good, one with a corrupt attachment among good ones."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import settings

# On CI the examples are always the same ones, so that a red run says something about the change; elsewhere they wander.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

BLANK = Path(__file__).resolve().parents[1] / "fixtures" / "blank"
DOCX = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


def mail(number: int, attachments: dict[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"] = f"union{number}@example.com"
    message["To"] = "office@example.com"
    message["Subject"] = "“五小”活动项目+句容市总工会"
    message["Date"] = f"Mon, 0{number} Apr 2024 09:00:00 +0800"
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content("现将材料报上。")
    for name, data in attachments.items():
        message.add_attachment(data, maintype=DOCX[0], subtype=DOCX[1], filename=name)
    return message.as_bytes()


@pytest.fixture(scope="session")
def small_mailbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mailbox")
    forms = {path.name: path.read_bytes() for path in sorted(BLANK.glob("*.docx"))}
    assert len(forms) == 4
    (folder / "1.eml").write_bytes(mail(1, forms))
    first = next(iter(forms))
    (folder / "2.eml").write_bytes(mail(2, {**forms, "附件2提名书（坏）.docx": forms[first][: len(forms[first]) // 2]}))
    return folder
