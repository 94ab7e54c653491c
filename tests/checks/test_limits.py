import pytest

from tests.checks.builder import CITY, Draft, Mail, broken, findings


def recommendation(count):
    draft = Draft()
    draft.word["recommendation"]["word_count"] = str(count)
    return draft


def text_of(draft, rule):
    return next((f.text for f in findings(Mail([draft])) if f.rule == rule), None)


def test_recommendation_too_long_says_the_count():
    assert "1659" in text_of(recommendation(1659), "recommendation-too-long")


def test_recommendation_too_long_allows_the_limit_itself():
    assert broken(recommendation(1500)) == set()
    assert broken(recommendation(1501)) == {("recommendation-too-long", "word_count")}


def test_within_the_slack_recommendation_too_long_says_so():
    assert "3字以内" in text_of(recommendation(1503), "recommendation-too-long")
    assert "3字以内" not in text_of(recommendation(1504), "recommendation-too-long")


@pytest.mark.parametrize(("count", "over"), [(400, False), (401, True)])
def test_summary_text_too_long_counts_all_rows_together(count, over):
    rows = {name: "" for name in Draft().word["nomination"] if name.startswith("summary_")}
    draft = Draft().write("nomination", **rows | dict.fromkeys(rows, "好") | {"summary_what": "做" * (count - len(rows) + 1)})
    assert broken(draft) == ({("summary-text-too-long", None)} if over else set())


def test_too_many_awards_when_one_cell_holds_two():
    two = "1.职工创新一等奖；2.合理化建议二等奖"
    draft = Draft().write(
        "nomination", award_1_name=two, award_2_name="厂级创新三等奖", award_2_year="2021", award_2_grantor="江苏北固特钢有限公司"
    )
    assert broken(draft) == {("too-many-awards", None)}


def test_too_many_awards_when_the_table_grew():
    rows = "年份\n{0}\n奖项名称\n{1}\n授奖单位\n厂工会"
    three = "\n".join(rows.format(year, name) for year, name in (("2020", "创新奖"), ("2021", "革新奖"), ("2022", "设计奖")))
    assert broken(Draft(texts={("nomination", "word"): three})) == {("too-many-awards", None)}
    blank = "\n".join(rows.format(year, name) for year, name in (("2020", "创新奖"), ("2021", "革新奖"), ("", "")))
    assert broken(Draft(texts={("nomination", "word"): blank})) == set()


def test_too_many_awards_when_rows_grew_whose_labels_share_their_cells():
    def said(count):
        return "\n".join("年份：2021\n奖项名称：合理化建议奖\n授奖单位：某公司" for _ in range(count)) + "\n年份：\n奖项名称：\n授奖单位："

    assert broken(Draft(texts={("nomination", "word"): said(3)})) == {("too-many-awards", None)}
    assert broken(Draft(texts={("nomination", "word"): said(2)})) == set()


def test_two_awards_are_allowed():
    draft = Draft().write("nomination", award_2_name="厂级创新三等奖", award_2_year="2021", award_2_grantor="江苏北固特钢有限公司")
    assert CITY.limits.awards == 2
    assert broken(draft) == set()
