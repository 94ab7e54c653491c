"""Makes the pictures of the review desk in docs/images anew, from what `wuxiao demo` makes of its own mailbox. Needs Chromium.

Run: python -m scripts.picture_desk [DATA]   (DATA: a folder that `wuxiao demo --no-serve` has filled; without it that is done first)
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1600, "height": 1000}
PAGES = {"today": "/", "queue": "/-/queue", "letters": "/-/letters", "messages": "/-/messages"}


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The one-time link of a desk on `data`."""
    command = [sys.executable, "-m", "wuxiao.cli", "serve", "--data", data, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield re.search(r"http://\S+token=\S+", process.stdout.readline())[0]
    finally:
        process.terminate()
        process.communicate()


def keep(page: Page, name: str) -> None:
    """One picture, when everything is there."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


def first(page: Page, address: str, link: str) -> None:
    """Opens the first thing that a list names."""
    page.goto(address)
    page.locator(link).first.click()


def make(page: Page, place: str) -> None:
    """All of them."""
    for name, path in PAGES.items():
        page.goto(place + path)
        keep(page, name)
    first(page, f"{place}/-/queue?status=incomplete&sort=errors", "#queue tbody a")
    page.wait_for_load_state("networkidle")
    page.locator("table.fields tr.goto").first.locator("th").click()
    page.evaluate("scrollTo(0, 0)")
    keep(page, "project")
    first(page, f"{place}/-/letters", "table.list tbody a")
    keep(page, "letter")
    first(page, f"{place}/-/messages", "table.list tbody a")
    keep(page, "message")
    page.locator("table.list tbody a", has_text="查看或处理").last.click()
    keep(page, "file")


def main() -> None:
    """See above."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "demo"
        if not data.is_dir():
            subprocess.run([sys.executable, "-m", "wuxiao.cli", "demo", "--no-serve", "--data", data], check=True, cwd=ROOT)
        with served(data) as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, locale="zh-CN")
            page.goto(link)
            make(page, link.partition("/-/")[0])
            browser.close()


if __name__ == "__main__":
    main()
