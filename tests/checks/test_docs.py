import re
import subprocess
import sys
from pathlib import Path

import pytest

from checks.judge import message_rule, project_rule
from tests.checks.builder import CITY

EVERY = re.findall(
    r"[a-z-]+",
    "subject-format late unit-unknown file-unreadable missing-summary missing-summary-scan summary-without-project project-without-summary "
    "summary-mismatch quota missing-nomination missing-person missing-commitment missing-recommendation missing-certificate missing-word "
    "missing-scan no-seal not-signed no-signed-date missing-field invalid-field inconsistent-id category-not-single summary-text-too-long "
    "recommendation-too-long missing-section section-order not-applied-in-time period-unclear funding-missing too-many-awards "
    "provincial-award municipal-award excluded-subject not-frontline outside-city commitment-mismatch commitment-altered certificate-mismatch "
    "word-scan-mismatch word-scan-unsure same-completer same-project same-grassroots-unit",
)
"""The rules of the contract."""


def test_the_table_of_rules_is_made_from_the_profile_as_it_is():
    done = subprocess.run([sys.executable, "scripts/make_rules_table.py", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_campaign_has_every_rule_of_the_contract_and_no_other():
    assert set(CITY.rules) == set(EVERY)


@pytest.mark.parametrize("rule", EVERY)
def test_every_rule_has_a_function_of_its_name_with_the_notices_words_in_its_docstring(rule):
    found = [function for function in (message_rule(rule), project_rule(rule)) if function]
    assert found
    assert all(function.__doc__ for function in found)


def test_every_variant_a_rule_asks_for_has_a_text():
    known = {name for rule in CITY.rules.values() for name in rule.variants}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in Path("checks").glob("*.py"))
    asked = set(re.findall(r'variant="([a-z_-]+)"', sources)) | set(re.findall(r'Hit\(\s*"([a-z_-]+)"', sources))
    assert asked and asked <= known


def test_every_table_in_the_docs_that_names_a_test_names_one_that_exists():
    page = Path("docs/rules.md").read_text(encoding="utf-8")
    for file, name in re.findall(r"`(test_\w+\.py)::(test_\w+)`", page):
        assert f"def {name}(" in (Path("tests/checks") / file).read_text(encoding="utf-8")
