"""A desk served by a process of its own, and a real Chromium before it that notes every complaint."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.review.filled import PASSWORD

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
SERVE = """
import sys
from pathlib import Path
from review.serve import serve
from tests.review.filled import fill
from tests.store.make import PROFILE
fill(Path(sys.argv[1])).close()
serve(Path(sys.argv[1]), PROFILE, port=0)
"""


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The address of a filled desk in folder `data`."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, data], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield re.search(r"http://[\d.:]+", process.stdout.readline())[0]
    finally:
        process.kill()
        process.communicate()


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def quiet_page(chromium: Browser, place: str, width: int = 1440) -> Iterator[Page]:
    """A page that is closed without a word on the console, a dialog, an error or a request to elsewhere."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=place, accept_downloads=True, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((place, "data:")) else None)
    yield opened
    context.close()
    assert wrong == []


def log_in(page: Page, name: str) -> None:
    page.goto("/-/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name=re.compile("今日"))).to_be_visible()
