"""100,000 projects in a store, and how long the desk's pages take, one client: least wall time of four, third processor time of four, size.

`python -m benchmarks.desk FOLDER [PROJECTS]`; a folder that is filled already is only measured.
"""

import asyncio
import random
import sqlite3
import sys
import time
from pathlib import Path

from benchmarks.rules import texts
from checks.register import Entry
from profiles.load import load_profile
from review.serve import make_desk
from review.sessions import COOKIE, Sessions
from store import relations, standing
from store.connection import transaction
from store.database import Store
from store.lists import SORTS
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
PEOPLE = ("陈国庆", "蒋文娟", "孙丽", "周敏")
REVIEWERS = ("王审核", "赵管理")
CLAUSES = 12


def fill(store: Store, count: int) -> None:
    """Plain rows, as `save_settled` would leave them."""
    chance = random.Random(7)
    units = [f"第{n}行业工会" for n in range(2000)] + [unit.name for unit in store.profile.roster.units]
    categories = [category.name for category in store.profile.categories]
    prose = texts(chance)
    with transaction(store.intake) as database:
        for first in range(0, count, PER_MESSAGE):
            message, unit = f"m{first // PER_MESSAGE:012x}", units[first // PER_MESSAGE % len(units)]
            when = f"2024-{1 + first % 4:02d}-{1 + first % 28:02d}T09:{first % 60:02d}:00+08:00"
            columns = "message, sha256, source_kind, source, name, subject, sender, received_at, told_unit, unit, unit_known, status"
            row = (message, f"{first:064x}", "mail", "/b", "b", f"五小+{unit}", f"gh@{first % 2000}.example", when, unit, unit, 1, "processed")
            database.execute(f"INSERT INTO message ({columns}) VALUES ({','.join('?' * 12)})", row)
            database.execute("INSERT INTO sighting VALUES (?,?,?)", (message, "/b", when))
            for number in range(first, first + PER_MESSAGE):
                _project(database, chance, number, (message, unit, chance.choice(categories), when))
                relations.insert(database, Entry(f"p{number:012x}", unit, f"项目{number}", text=next(prose)))
            standing.restate(database, [message])
        database.execute("ANALYZE")


def _project(database: sqlite3.Connection, chance: random.Random, number: int, of: tuple[str, str, str, str]) -> None:
    """One project with its findings, its text, and, every third, a decision."""
    message, unit, category, when = of
    project, name = f"p{number:012x}", "".join(chance.sample(WORDS, 3)) + str(number)
    body = "，".join("".join(chance.sample(WORDS, 4)) for _ in range(CLAUSES))
    columns = "project, message, unit, project_name, category, first_completer, employer, received_at, first_received_at, search"
    row = (project, message, unit, name, category, chance.choice(PEOPLE), "工具厂", when, when, number)
    database.execute(f"INSERT INTO project ({columns}) VALUES ({','.join('?' * 10)})", row)
    database.execute("INSERT INTO project_text VALUES (?,?,?,?)", (number, project, spaced(name), spaced(body)))
    for rule, severity in chance.sample(RULES, chance.randrange(4)):
        columns = "message, project, rule, form, field, severity, text"
        finding = (message, project, rule, "person", "email", severity, "“电子邮箱”没有填写。")
        database.execute(f"INSERT INTO finding ({columns}) VALUES ({','.join('?' * 7)})", finding)
        if number % 10 == 0:
            database.execute("INSERT INTO dismissal VALUES (?,?,?,?,?,?,?,?)", (*finding[:5], when, chance.choice(REVIEWERS), "已核"))
    if number % 3 == 0:
        decision = (project, chance.choice(("passed", "returned", "rejected")), when, chance.choice(REVIEWERS), "")
        database.execute("INSERT INTO decision VALUES (?,?,?,?,?)", decision)


QUEUE = "/-/queue?"
PAGES = (
    "/",
    *(f"{QUEUE}sort={sort}" for sort in SORTS),
    *(f"{QUEUE}sort={sort}&page=1500" for sort in SORTS),
    *(f"{QUEUE}{one}" for one in ("unit=第7行业工会", "category=小革新", "status=incomplete", "rule=no-seal")),
    *(f"{QUEUE}{one}" for one in ("reviewer=王审核", "decision=none")),
    f"{QUEUE}decision=none&sort=oldest",
    f"{QUEUE}status=incomplete&category=小革新&rule=no-seal&decision=none",
    f"{QUEUE}unit=第7行业工会&category=小革新&status=review&rule=missing-field&reviewer=王审核&decision=passed&q=冲",
    *(f"{QUEUE}q={words}" for words in ("冲", "冲床 香醋", "冲床送料", "冲&sort=name", "冲&sort=errors&rule=no-seal", "没有这个词")),
    "/-/project/p000000000fff",
    "/-/messages", "/-/messages?page=450", "/-/messages?status=processed&page=450", "/-/messages?status=failed",
    "/-/letters", "/-/letters?page=2", "/-/letter?unit=第7行业工会",
)  # fmt: skip


def main() -> None:
    folder, count = Path(sys.argv[1]), int((sys.argv[2:] or ["100000"])[0])
    store = Store.open(folder, load_profile("zhenjiang_2024"))
    if not store.intake.execute("SELECT 1 FROM project").fetchone():
        fill(store, count)
        store.accounts.add("王审核", "correct horse", "reviewer")
    account = store.accounts.get("王审核")
    assert account is not None
    sessions = Sessions(store.accounts)
    desk = make_desk(store, store.profile, sessions)
    cookies = {COOKIE: sessions.cookie(account)}

    async def measure() -> None:
        for path in PAGES:
            wall, processor = [], []
            for _ in range(4):
                begun, used = time.perf_counter(), time.process_time()
                answer = await desk.client.get(path, cookies=cookies)
                wall.append(1000 * (time.perf_counter() - begun))
                processor.append(1000 * (time.process_time() - used))
            took = f"{min(wall):8.1f} ms  {sorted(processor)[2]:8.1f} ms"
            print(f"{took}  {len(answer.content) / 1000:7.1f} kB  {answer.status_code}  {path}", flush=True)

    asyncio.run(measure())
    store.close()


if __name__ == "__main__":
    main()
