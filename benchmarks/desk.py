"""100,000 projects in a store, and how long the desk's pages take (server time in ms, one client): least, third of four, size.

`python -m benchmarks.desk FOLDER [PROJECTS]`; a folder that is filled already is only measured.
"""

import asyncio
import random
import sys
import time
from pathlib import Path

from profiles.load import load_profile
from review.serve import make_desk
from review.sessions import COOKIE, Sessions
from store.database import Store
from store.search import spaced

PER_MESSAGE = 4
RULES = tuple(
    zip(
        ("no-seal", "missing-field", "word-scan-unsure", "provincial-award", "quota"),
        ("error", "error", "verify", "ineligible", "advice"),
        strict=True,
    )
)
WORDS = tuple(
    "冲床 送料 焊接 夹具 轴承 阀门 喷涂 电梯 燃气 污水 曝气 收费 车灯 注塑 香醋 发酵 起重 支架 电缆 检测 改造 装置 工艺 快换 自动".split()  # noqa: SIM905
)
CLAUSES = 12


def fill(store: Store, count: int) -> None:
    """Plain rows, as `save_settled` would leave them."""
    chance = random.Random(7)
    units = [f"第{n}行业工会" for n in range(120)] + [unit.name for unit in store.profile.roster.units]
    categories = [category.name for category in store.profile.categories]
    statuses = ("complete", "review", "incomplete", "ineligible")
    database = store.intake
    database.execute("BEGIN")
    for number in range(count):
        message, project, unit = f"m{number // PER_MESSAGE:012x}", f"p{number:012x}", units[number // PER_MESSAGE % len(units)]
        when = f"2024-{1 + number % 4:02d}-{1 + number % 28:02d}T09:{number % 60:02d}:00+08:00"
        if number % PER_MESSAGE == 0:
            columns = "message, sha256, source_kind, source, name, subject, received_at, told_unit, unit, unit_known, status"
            row = (message, f"{number:064x}", "mail", "/b", "b", f"五小+{unit}", when, unit, unit, 1, "processed")
            database.execute(f"INSERT INTO message ({columns}) VALUES ({','.join('?' * 11)})", row)
            database.execute("INSERT INTO sighting VALUES (?,?,?)", (message, "/b", when))
        name = "".join(chance.sample(WORDS, 3)) + str(number)
        row = (project, message, unit, name, chance.choice(categories), "陈国庆", "工具厂", when, when, None, chance.choice(statuses), 1, 1)
        database.execute(f"INSERT INTO project VALUES ({','.join('?' * 13)})", row)
        for rule, severity in chance.sample(RULES, 2):
            finding = (message, project, rule, "person", "email", severity, "“电子邮箱”没有填写。", None, None)
            database.execute(
                "INSERT INTO finding (message, project, rule, form, field, severity, text, file, page) VALUES (?,?,?,?,?,?,?,?,?)", finding
            )
        body = "，".join("".join(chance.sample(WORDS, 4)) for _ in range(CLAUSES))
        database.execute("INSERT INTO project_text (project, name, body) VALUES (?,?,?)", (project, spaced(name), spaced(body)))
        if number % 3 == 0:
            database.execute("INSERT INTO decision VALUES (?,?,?,?,?)", (project, "passed", when, "王审核", ""))
    database.execute("COMMIT")
    database.execute("ANALYZE")


PAGES = ("/", "/-/queue", "/-/queue?decision=none&sort=oldest", "/-/queue?status=incomplete&category=小革新&rule=no-seal", "/-/queue?page=1500",
         "/-/queue?sort=errors", "/-/queue?q=冲", "/-/queue?q=冲床 香醋", "/-/project/p000000000fff", "/-/messages")  # fmt: skip


def main() -> None:
    folder, count = Path(sys.argv[1]), int((sys.argv[2:] or ["100000"])[0])
    store = Store.open(folder, load_profile("zhenjiang_2024"))
    if not store.intake.execute("SELECT 1 FROM project").fetchone():
        fill(store, count)
        store.accounts.add("王审核", "correct horse", "reviewer")
    sessions = Sessions(store.accounts)
    desk = make_desk(store, store.profile, sessions)
    cookies = {COOKIE: sessions.cookie(store.accounts.get("王审核"))}

    async def measure() -> None:
        for path in PAGES:
            took = []
            for _ in range(4):
                begun = time.perf_counter()
                answer = await desk.client.get(path, cookies=cookies)
                took.append(1000 * (time.perf_counter() - begun))
            print(f"{min(took):8.1f} ms  {sorted(took)[2]:8.1f} ms  {len(answer.content) / 1000:7.1f} kB  {answer.status_code}  {path}")

    asyncio.run(measure())
    store.close()


if __name__ == "__main__":
    main()
