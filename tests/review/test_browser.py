"""A clerk's morning in a real Chromium: log in, find, look, correct, return, write back, log out. Pictures for the docs on request:

`WUXIAO_SCREENSHOTS=docs/images pytest tests/review/test_browser.py`.
"""

import os
import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from review.desk.pictures import COVER
from tests.review.browsing import log_in, quiet_page
from tests.review.filled import EVIL, ID, ID_BOX, PHONE_BOX, PROJECT_NAME, UNIT

ROOT = Path(__file__).parents[2]
PAGES = (
    "/",
    "/-/queue",
    "/-/letters",
    f"/-/letter?unit={UNIT}",
    "/-/messages",
    "/intake",
    "/intake/project_list",
    "/intake?sql=select+1",
    "/intake/全文检索?q=料",
)


def picture(page: Page, name: str) -> None:
    """Kept for the documents only when the environment says where."""
    folder = os.environ.get("WUXIAO_SCREENSHOTS")
    if folder:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=ROOT / folder / f"{name}.png")


def colour_at(page: Page, x: float, y: float) -> list[int]:
    """The colour of the page's picture at fractions of its sides."""
    script = """([x, y]) => { const i = document.getElementById('picture'), c = document.createElement('canvas');
        c.width = i.naturalWidth; c.height = i.naturalHeight; const p = c.getContext('2d'); p.drawImage(i, 0, 0);
        return [...p.getImageData(x * c.width, y * c.height, 1, 1).data].slice(0, 3); }"""
    return page.evaluate(script, [x, y])


def test_a_clerk_finds_looks_corrects_returns_writes_back_and_leaves(page):
    log_in(page, "王审核")
    picture(page, "today")
    page.get_by_role("link", name="队列").click()
    page.get_by_label("检索", exact=True).fill("床")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("#queue tbody tr")).to_have_count(1)
    picture(page, "queue")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=PROJECT_NAME)).to_be_visible()
    the_missing_seal_is_seen_on_its_page(page)
    a_field_leads_to_its_place_and_the_id_number_is_covered(page)
    picture(page, "project")
    a_misread_value_is_corrected_and_the_finding_goes(page)
    page.get_by_label("审核意见").fill("提名书请盖章")
    page.get_by_role("button", name="退回补正").click()
    expect(page.locator(".head")).to_contain_text("审核决定：退回补正")
    the_letter_is_read_and_downloaded(page)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto("/-/queue")
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert PROJECT_NAME not in page.content()


def the_missing_seal_is_seen_on_its_page(page: Page) -> None:
    page.get_by_label("页面").select_option(index=1)
    page.get_by_role("link", name="未盖章").click()
    expect(page.locator("#picture")).to_have_attribute("src", re.compile(r"/1\.jpg"))
    expect(page.locator("#caption")).to_have_text("本页没有识别到公章")


def a_field_leads_to_its_place_and_the_id_number_is_covered(page: Page) -> None:
    page.locator("#f-person-mobile th").click()
    expect(page.locator("#picture")).to_have_attribute("src", re.compile(r"/2\.jpg"))
    expect(page.locator("#caption")).to_contain_text("公章 1 枚")
    page.wait_for_function("document.getElementById('picture').complete")
    box, paper = page.locator("#box").bounding_box(), page.locator("#paper").bounding_box()
    middle = (box["x"] + box["width"] / 2 - paper["x"]) / paper["width"], (box["y"] + box["height"] / 2 - paper["y"]) / paper["height"]
    assert middle == pytest.approx(((PHONE_BOX.x0 + PHONE_BOX.x1) / 2, (PHONE_BOX.y0 + PHONE_BOX.y1) / 2), abs=0.01)
    for x in (ID_BOX.x0 + 0.002, (ID_BOX.x0 + ID_BOX.x1) / 2, ID_BOX.x1 - 0.002):
        assert colour_at(page, x, (ID_BOX.y0 + ID_BOX.y1) / 2) == pytest.approx(COVER, abs=8)


def a_misread_value_is_corrected_and_the_finding_goes(page: Page) -> None:
    expect(page.locator("#remarks")).to_contain_text("Word 与扫描件疑似不一致")
    page.get_by_label("页面").select_option(index=0)
    row = page.locator("#f-person-mobile")
    row.get_by_text("更正", exact=True).click()
    expect(page.locator("#picture")).to_have_attribute("src", re.compile(r"/2\.jpg"))
    expect(page.locator("#box")).to_be_visible()
    row.get_by_label("手机号码改为").fill("138 0000 0321")
    row.get_by_label("更正依据").fill("对照扫描件")
    row.get_by_role("button", name="保存并重新检查").click()
    expect(page.locator("#f-person-mobile .corrected")).to_contain_text("审核人改为：13800000321")
    expect(page.locator("#remarks")).not_to_contain_text("Word 与扫描件疑似不一致")
    expect(page.locator("#history")).to_contain_text("对照扫描件")


def the_letter_is_read_and_downloaded(page: Page) -> None:
    page.get_by_role("link", name="补正通知", exact=True).last.click()
    expect(page.get_by_label("正文")).to_have_value(re.compile("没有公章"))
    picture(page, "letter")
    with page.expect_download() as started:
        page.get_by_role("link", name="下载邮件草稿（.eml）").click()
    mail = message_from_bytes(Path(started.value.path()).read_bytes(), policy=policy.default)
    text = mail.get_body().get_content()
    assert mail["To"].addresses[0].addr_spec == "gh@dy.example" and "没有公章" in text and ID not in text


def test_every_page_is_quiet_and_what_a_unit_wrote_does_nothing(page):
    log_in(page, "赵管理")
    for address in PAGES:
        assert page.goto(address).ok, address
        assert page.locator("main h1").count() == 1, address
    page.goto("/-/queue")
    page.get_by_role("link", name=EVIL).click()
    expect(page.get_by_role("heading", name=EVIL)).to_be_visible()
    assert page.get_by_text("<script>").count() > 2
    page.goto("/-/messages")
    page.locator("table.list a").first.click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    picture(page, "message")


def weight(page: Page, address: str) -> int:
    """Bytes of everything that the first view of a page brings, pictures and scripts included."""
    brought: list[Response] = []

    def keep(answer: Response) -> None:
        brought.append(answer)

    page.goto("about:blank")  # what the page before was still asking for is not this one's
    page.on("response", keep)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", keep)
    return sum(len(answer.body()) for answer in brought if answer.ok)


def test_a_first_view_is_light_fits_a_narrow_and_a_wide_screen_and_prints_what_was_found(chromium, place):
    for width in (1280, 1920):
        with quiet_page(chromium, place, width) as page:
            log_in(page, "王审核")
            page.goto("/-/queue?q=送料")
            project = page.get_by_role("link", name=PROJECT_NAME).get_attribute("href")
            for address in (*PAGES, project):
                assert page.goto(address).ok
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, address)
    with quiet_page(chromium, place) as page:
        log_in(page, "王审核")
        for address in ("/", "/-/queue", project):
            assert weight(page, address) < 300_000, address
        page.emulate_media(media="print")
        expect(page.locator("header.top")).to_be_hidden()
        expect(page.locator(".viewer")).to_be_hidden()
        expect(page.locator("#remarks")).to_contain_text("未盖章")


def test_the_page_can_be_turned_zoomed_and_left_through_by_keys(page):
    log_in(page, "李查看")
    page.goto("/-/queue?q=送料")
    page.get_by_role("link", name=PROJECT_NAME).click()
    expect(page.locator("#caption")).not_to_be_empty()
    page.wait_for_load_state("networkidle")
    before = page.locator("#paper").bounding_box()
    page.keyboard.press("+")
    assert page.locator("#paper").bounding_box()["width"] > before["width"] * 1.2
    page.keyboard.press("0")
    page.keyboard.press("r")
    turned = page.locator("#paper").bounding_box()
    assert turned["width"] > turned["height"]
    page.keyboard.press("]")
    expect(page.locator("#picture")).to_have_attribute("src", re.compile(r"/2\.jpg"))
    expect(page.get_by_role("button", name="通过")).to_have_count(0)
