"""Makes the pictures of letters and exports in docs/pictures anew, from invented projects. Needs LibreOffice.

Run: python -m scripts.picture_letters
"""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

import pypdfium2
from PIL import ImageOps

from profiles.load import load_profile
from review.export import Listed
from review.letters import Case, ProjectCase, SilentUnit, draft_letters
from review.summary_docx import summary_docx
from review.telling import Point
from review.workbook import workbook

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
WIDTH = {"checklist": 2000, "letter": 900, "reminder": 900}
PROFILE = load_profile("zhenjiang_2024")
TODAY = date(2024, 4, 3)
FIELD = Point("missing-field", "error", "附件3《项目第一完成人及单位基本情况》“电子邮箱”没有填写，请补填后重新发来 Word 版和扫描件。")
SEAL = Point("no-seal", "error", "附件2《职工“五小”活动项目提名书》的扫描件上没有公章，请盖章后重新扫描发来。")
AWARD = Point("provincial-award", "ineligible", "项目曾获“省职工创新成果一等奖”（授奖单位：省总工会），属于省级及以上奖项，按通知不得被提名。")
DOUBT = Point("excluded-subject", "verify", PROFILE.rules["excluded-subject"].text.format(words="“财政资金支持”（其他）"), "nomination")
SCAN = Point("missing-summary-scan", "error", "没有收到附件1《“五小”活动项目汇总表》的盖章扫描件，请加盖报送单位公章后扫描补发。")
OUTCOMES = (("complete", ()), ("incomplete", (FIELD, SEAL)), ("complete", ()), ("review", (DOUBT,)), ("ineligible", (AWARD,)))
NAMES = ("热镀锌捞渣小车", "皮带张紧力检测规", "收割机切碎刀快换座", "曝气盘在线冲洗管路", "叉车错峰充电建议", "料筒热风清洗枪", "折弯投影靠模")
PEOPLE = ("王一鸣", "赵小满", "钱立新", "孙亦凡", "周予安", "吴思源", "郑向阳")


def projects() -> list[Listed]:
    units = [unit.name for unit in PROFILE.roster.units]
    made = []
    for number in range(24):
        name, who = NAMES[number % 7] + (f"（{number // 7 + 1}型）" if number >= 7 else ""), PEOPLE[number % 7]
        category = PROFILE.categories[number % 5].name
        status, points = OUTCOMES[(number * 3 + number // 5) % 5]
        cells = {"project_name": name, "implementing_unit": "某某机械有限公司", "main_completers": f"{who}、{PEOPLE[(number + 2) % 7]}"}
        cells |= {"category": category, "phone": f"1380000{number:04}"}
        made.append(
            Listed(
                project=str(number),
                unit=units[number % len(units)],
                name=name,
                category=category,
                first_completer=who,
                employer="某某机械有限公司",
                status=status,  # type: ignore[arg-type]
                decision="passed" if status == "complete" and number % 2 else "",
                standing="technician" if number % 3 == 0 else "worker",
                senior=number % 12 == 0,
                benefit=12.5 + number,
                cells=cells,
                points=points,
            )
        )
    return sorted(made, key=lambda p: (p.unit, p.category))


def letters() -> dict[str, bytes]:
    case = Case(
        unit="丹阳市总工会",
        address="union@danyang.example",
        subject="“五小”活动项目+丹阳市总工会",
        message_id="<1@danyang.example>",
        received=date(2024, 3, 26),
        points=(SCAN,),
        projects=(
            ProjectCase(NAMES[0], PEOPLE[0], (FIELD, SEAL)),
            ProjectCase(NAMES[1], PEOPLE[1]),
            ProjectCase(NAMES[2], PEOPLE[2], (AWARD,)),
            ProjectCase(NAMES[3], PEOPLE[3], (DOUBT,)),
        ),
    )
    drafts = draft_letters([case], [SilentUnit("句容市总工会", "district")], PROFILE, today=TODAY)
    return {letter.kind: letter.docx for letter in drafts}


def main() -> None:
    """Writes the files, prints them to PDF, keeps the pages that show something."""
    files = {f"{kind}.docx": data for kind, data in letters().items()}
    files["summary.docx"] = summary_docx(projects(), PROFILE, TODAY)
    files["workbook.xlsx"] = workbook(projects(), PROFILE, TODAY)
    pages = {"correction": {"letter": 0}, "reminder": {"reminder": 0}, "summary": {"summary": 0}, "workbook": {"checklist": -2, "figures": -1}}
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
            office = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf", "--outdir", folder]
            subprocess.run([*office, str(Path(folder, name))], check=True, timeout=180, stdout=subprocess.DEVNULL)
            stem = name.split(".")[0]
            with pypdfium2.PdfDocument(Path(folder, f"{stem}.pdf")) as document:
                for picture, number in pages[stem].items():
                    page = document[number if number >= 0 else len(document) + number]
                    image = page.render(scale=WIDTH.get(picture, 1100) / page.get_size()[0]).to_pil()
                    used = ImageOps.invert(image.convert("L")).crop((0, 0, image.width, int(image.height * 0.93))).getbbox() or (0, 0, 1, 1)
                    image = image.crop((0, 0, image.width, min(image.height, used[3] + 40)))
                    image.quantize(64).save(PICTURES / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    main()
