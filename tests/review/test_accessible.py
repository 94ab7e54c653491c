"""Every page of the desk under axe-core (tests/review/axe, MPL-2.0, https://github.com/dequelabs/axe-core): nothing serious or critical."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.review.browsing import log_in
from tests.review.filled import PROJECT_NAME, UNIT

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/-/queue",
    "/-/queue?status=complete",
    "/-/letters",
    f"/-/letter?unit={UNIT}",
    "/-/messages",
    "/intake",
    "/intake/project_list",
    "/intake/finding_list?rule=no-seal",
    "/intake/待补正",
    "/intake/全文检索?q=料",
    "/intake?sql=select+1",
)


def complaints(page: Page) -> list[str]:
    """What axe finds, gravest kinds first, with the place of each."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{kind['impact']} {kind['id']}: {node['target']} {node['html'][:160]}" for kind in found for node in kind["nodes"]]


def test_axe_finds_nothing_on_any_page(page):
    page.goto("/-/login")
    wrong = {"/-/login": complaints(page)}
    log_in(page, "赵管理")
    for address in PAGES:
        page.goto(address)
        wrong[address] = complaints(page)
    page.goto("/-/messages")
    page.locator("table.list a").first.click()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    wrong["message"] = complaints(page)
    page.get_by_role("link", name="查看或处理").last.click()
    page.wait_for_load_state("networkidle")
    wrong["file"] = complaints(page)
    page.goto("/-/queue")
    page.get_by_role("link", name=PROJECT_NAME).click()
    page.wait_for_load_state("networkidle")
    wrong["project"] = complaints(page)
    for shut in page.locator("details summary").all():
        shut.evaluate("summary => { summary.parentElement.open = true; }")
    wrong["project, all opened"] = complaints(page)
    assert {address: found for address, found in wrong.items() if found} == {}
