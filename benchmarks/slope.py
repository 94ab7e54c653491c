"""What one more message costs `wuxiao ingest`: CPU seconds of all its processes, slope between a small and a large mailbox.

`python -m benchmarks.slope FOLDER`: small mails and mails of 10 MB when they are taken in once more, and mails that each bring
the Word files of one project, taken in for the first time.
"""

from __future__ import annotations

import io
import random
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from benchmarks.whole.meter import run

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "demo" / "01-句容.eml"
PERSON, PROJECT = "司徒家宝", "防卡纸导槽"
LARGE = 10_000_000


def mail(number: int, name: str = "", attachment: bytes = b"") -> bytes:
    message = EmailMessage()
    message["From"] = f"office{number}@example.org"
    message["Subject"] = f"五小成果申报材料 {number}"
    message["Date"] = "Wed, 10 Apr 2024 09:00:00 +0800"
    message["Message-ID"] = f"<{number}@example.org>"
    message.set_content(f"您好，附上申报材料，请查收。{number}\n" * 5)
    if attachment:
        message.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def small(number: int) -> bytes:
    return mail(number)


def large(number: int) -> bytes:
    return mail(number, "数据.bin", random.Random(number).randbytes(LARGE))


def project(number: int) -> bytes:
    """The Word files of one project of the demo, under another name and person."""
    demo = message_from_bytes(DEMO.read_bytes(), policy=policy.default)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(next(demo.iter_attachments()).get_payload(decode=True)), metadata_encoding="gbk") as parcel,
        zipfile.ZipFile(made, "w") as out,
    ):
        for name in parcel.namelist():
            if name.startswith("2.") and name.endswith(".docx"):
                out.writestr(name.rsplit("/", 1)[-1], renamed(parcel.read(name), number))
    return mail(number, "材料.zip", made.getvalue())


def renamed(docx: bytes, number: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for part in package.namelist():
            data = package.read(part)
            if part == "word/document.xml":
                text = data.decode().replace(PERSON, PERSON[:3] + chr(0x4E00 + number)).replace(PROJECT, f"{PROJECT}{number}")
                data = text.encode()
            out.writestr(part, data)
    return made.getvalue()


def cost(folder: Path, make: Callable[[int], bytes], count: int, runs: int) -> float:
    """CPU seconds of the last of `runs` ingests of the same `count` mails."""
    box, data = folder / f"{make.__name__}-{count}", folder / f"data-{make.__name__}-{count}"
    shutil.rmtree(data, ignore_errors=True)
    box.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        if not (path := box / f"{number:05}.eml").exists():
            path.write_bytes(make(number))
    return [run([sys.executable, "-m", "wuxiao.cli", "ingest", str(box), "--data", str(data)])[0].cpu for _ in range(runs)][-1]


CASES: Sequence[tuple[str, Callable[[int], bytes], int, int, int]] = (
    ("a small mail once more", small, 200, 2000, 4),
    ("a mail of 10 MB once more", large, 20, 60, 4),
    ("a project in Word", project, 20, 70, 1),
)


def main() -> None:
    for name, make, few, many, runs in CASES:
        slope = (cost(Path(sys.argv[1]), make, many, runs) - cost(Path(sys.argv[1]), make, few, runs)) / (many - few)
        print(f"{name}: {1000 * slope:.2f} ms", flush=True)


if __name__ == "__main__":
    main()
