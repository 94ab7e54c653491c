"""Makes docs/rules.md from the profile: sentence of the notice → rule → severity → what the finding says → test.

    python scripts/make_rules_table.py [--check]

`--check` writes nothing and exits 1 when the file is not what would be written.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from checks.judge import message_rule, project_rule  # noqa: E402
from profiles.load import load_profile  # noqa: E402
from profiles.profile import Profile, RuleText  # noqa: E402
from texts import say  # noqa: E402

TARGET = ROOT / "docs" / "rules.md"
TESTS = ROOT / "tests" / "checks"
HEAD = """# The notice as rules

Made from `profiles/{name}.toml` by `scripts/make_rules_table.py`; do not edit. Campaign: {title}（{notice}）.

`error`: the unit must send or correct something. `ineligible`: the notice rules the project out. `verify`: a person must look, because the
program cannot know. `advice`: worth telling. A rule that did not fire clears nobody: what is not in the files, or said in words that no
pattern knows, only a person finds.

| sentence of the notice | rule | severity | concerns | what the finding says | what a letter asks the unit | test |
|---|---|---|---|---|---|---|
"""
DUTIES = """
## Sentences that no file can show

They stay the nominating unit's own duty, or the judges'.

| sentence of the notice | why |
|---|---|
"""


def tests_of() -> dict[str, str]:
    """Rule → a test whose source names it, as `file::test`: one that bears the rule's name, else the first."""
    found: dict[str, str] = {}
    for path in sorted(TESTS.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        named = part.value.replace("-", "_")
                        if part.value not in found or (named in node.name and named not in found[part.value]):
                            found[part.value] = f"{path.name}::{node.name}"
    return found


def cell(text: str) -> str:
    """`text` as one cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def concerns(rule: str) -> str:
    """What the rule judges."""
    return " and ".join(name for name, found in (("message", message_rule(rule)), ("project", project_rule(rule))) if found)


def row(name: str, rule: RuleText, test: str) -> str:
    """One rule with its variants as a row."""
    severities = dict.fromkeys([rule.severity, *(variant.severity or rule.severity for variant in rule.variants.values())])
    texts = [rule.text, *(f"*{key}*: {variant.text}" for key, variant in rule.variants.items())]
    asks = [rule.ask, *(f"*{key}*: {variant.ask}" for key, variant in rule.variants.items() if variant.ask)]
    said = "; ".join(f"{severity} {say(f'code_severity.{severity}')}" for severity in severities)
    cells = (rule.clause, f"`{name}`", said, concerns(name), "<br>".join(texts), "<br>".join(filter(None, asks)), f"`{test}`")
    return "| " + " | ".join(cell(part) for part in cells) + " |"


def table(profile: Profile) -> str:
    """The whole page. Raises KeyError for a rule that no test names."""
    tests = tests_of()
    rows = [row(name, rule, tests[name]) for name, rule in profile.rules.items()]
    duties = [f"| {cell(duty.clause)} | {cell(duty.why)} |" for duty in profile.duties]
    head = HEAD.format(name=profile.name, title=profile.title, notice=profile.notice)
    return head + "\n".join(rows) + "\n" + DUTIES + "\n".join(duties) + "\n"


def main() -> int:
    """Writes the page, or with --check says whether it is current."""
    page = table(load_profile("zhenjiang_2024"))
    if "--check" in sys.argv[1:]:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == page
        print("docs/rules.md is current" if current else "docs/rules.md is out of date: run scripts/make_rules_table.py")
        return 0 if current else 1
    TARGET.write_text(page, encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
