"""The documents are held against the code: commands, the picture of the flow, the promises, the scripts."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from wuxiao.cli import app
from wuxiao.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
CLERK = (ROOT / "README.zh.md").read_text(encoding="utf-8")
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
PROMISES = re.findall(r"^\| (.+?) \| (`tests/.+`) \|$", README, re.MULTILINE)


def picture(text: str) -> str:
    found = re.search(r"```mermaid\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1].strip()


def layers() -> list[set[str]]:
    """The enforced layers from the bottom up."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    found = next(c["layers"] for c in contracts if c["type"] == "layers")
    return [{room.strip() for room in layer.split("|")} for layer in reversed(found)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme_and_in_the_guide_to_running_it(command):
    assert f"`wuxiao {command}" in README
    assert f"`wuxiao {command}" in OPERATE


def test_the_documents_name_no_command_that_is_not_there():
    named = set(re.findall(r"wuxiao ([a-z]+)(?=[ `])", README + OPERATE + CLERK))
    assert named <= set(COMMANDS)


def test_the_picture_of_the_flow_is_the_enforced_order_of_the_rooms():
    rooms = re.findall(r"\b[a-z]+\b", re.sub(r"\|.*?\|", "", picture(README).removeprefix("flowchart LR")))
    order = layers()
    heights = [next(i for i, layer in enumerate(order) if room in layer) for room in rooms]
    assert heights == sorted(heights)
    assert {"intake", "parsers", "extractors", "checks", "store", "review"} == set(rooms)


def test_both_pictures_of_the_flow_are_one():
    assert picture(README) == picture((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))


def test_the_readme_has_promises():
    assert len(PROMISES) >= 10


@pytest.mark.parametrize(("promise", "tests"), PROMISES, ids=[p[:40] for p, _ in PROMISES])
def test_every_promise_has_its_test(promise, tests):
    for named in re.findall(r"`(.+?)`", tests):
        file, _, name = named.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), named


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_listed(name):
    assert f"| `{name}` |" in OPERATE


@pytest.mark.parametrize(
    "document",
    ["README.md", "README.zh.md", "CONTRIBUTING.md", "docs/operate.md", "docs/architecture.md", "docs/scale.md", "fixtures/README.md"],
)
def test_links_within_the_documents_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


def test_the_documents_say_the_python_that_is_required():
    required = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert required == ">=3.11"
    assert "≥ 3.11" in README
    assert "3.11 以上" in CLERK
