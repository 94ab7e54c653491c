"""Questions that a clerk asks every day, as SQL over the views: the review room shows them as canned queries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its `name` (part of its address), what it answers (`about`), the `sql` with `:named` parameters, all in Chinese columns."""

    name: str
    about: str
    sql: str


_CURRENT = "p.superseded_by IS NULL"
_HEAD = "p.unit AS 报送单位, p.project_name AS 项目名称, p.category AS 类别, p.first_completer AS 第一完成人"
_TAIL = "p.received_at AS 收到时间, p.project AS 项目编号"


def _texts(severity: str) -> str:
    return f"""(SELECT group_concat(f.text, char(10)) FROM finding_list f
    WHERE f.project = p.project AND f.severity = '{severity}' AND f.state = 'open')"""  # noqa: S608 - this room's own words


def _with_status(status: str, severity: str, column: str) -> str:
    return f"""SELECT {_HEAD}, {_texts(severity)} AS {column}, {_TAIL}
FROM project_list p
WHERE {_CURRENT} AND p.status = '{status}' AND p.decision IS NULL
ORDER BY p.unit, p.received_at, p.project"""  # noqa: S608 - this room's own words


CANNED = (
    Query("待补正", "有错误、需要报送单位补交或更正的项目（已作决定的不列）。", _with_status("incomplete", "error", "需要补正")),
    Query("待核对", "没有错误，但有需要人工看一眼的地方的项目。", _with_status("review", "verify", "需要核对")),
    Query("不符合条件", "按通知不得提名的项目。", _with_status("ineligible", "ineligible", "原因")),
    Query(
        "材料齐全",
        "没有任何错误和待核对事项、还没有作决定的项目。",
        f"""SELECT {_HEAD}, p.employer AS 工作单位, p.message_errors AS 来件问题, {_TAIL}
FROM project_list p
WHERE {_CURRENT} AND p.status = 'complete' AND p.decision IS NULL
ORDER BY p.unit, p.received_at, p.project""",  # noqa: S608
    ),
    Query(
        "重复申报",
        "同一第一完成人、同一项目（或内容相近）、同一基层单位经两个提名单位报送的项目。",
        f"""SELECT f.rule AS 规则, {_HEAD}, p.employer AS 工作单位, f.text AS 说明, {_TAIL}
FROM finding_list f JOIN project_list p USING (project)
WHERE {_CURRENT} AND f.state = 'open' AND f.rule IN ('same-completer', 'same-project', 'same-grassroots-unit')
ORDER BY f.rule, p.first_completer, p.project_name, p.project""",  # noqa: S608
    ),
    Query(
        "各单位进度",
        "每个报送单位的项目数、各状态项目数和最近一次来件；名录内尚未报送的也列出。",
        """SELECT u.unit AS 报送单位, iif(r.unit IS NULL, '否', '是') AS 名录内, coalesce(r.least || '–' || r.most, '') AS 名额,
    count(p.project) AS 项目数, sum(p.status IS 'complete') AS 齐全, sum(p.status IS 'incomplete') AS 待补正,
    sum(p.status IS 'review') AS 待核对, sum(p.status IS 'ineligible') AS 不符合, sum(p.decision IS 'passed') AS 已通过,
    (SELECT max(m.received_at) FROM message_list m WHERE m.unit = u.unit) AS 最近来件
FROM (SELECT unit FROM roster UNION SELECT unit FROM message_list WHERE unit IS NOT NULL) u
LEFT JOIN roster r ON r.unit = u.unit
LEFT JOIN project_list p ON p.unit = u.unit AND p.superseded_by IS NULL
GROUP BY u.unit ORDER BY r.position IS NULL, r.position, u.unit""",
    ),
    Query(
        "未报送单位",
        "名录中还没有任何来件的单位。",
        """SELECT r.unit AS 报送单位, r.least || '–' || r.most AS 名额, c.value AS 截止日期
FROM roster r, campaign c
WHERE c.name = 'deadline' AND NOT EXISTS (SELECT 1 FROM message_list m WHERE m.unit = r.unit AND m.status != 'unrelated')
ORDER BY r.position""",
    ),
    Query(
        "逾期",
        "超过截止日期才收到的来件。",
        """SELECT m.unit AS 报送单位, m.subject AS 邮件主题, m.received_at AS 收到时间, c.value AS 截止日期,
    (SELECT count(*) FROM project_list p WHERE p.message = m.message) AS 项目数, f.state AS 处理, m.message AS 来件编号
FROM finding_list f JOIN message_list m USING (message) JOIN campaign c ON c.name = 'deadline'
WHERE f.rule = 'late'
ORDER BY m.received_at, m.message""",
    ),
    Query(
        "临近字数上限",
        "推荐材料离字数上限不到 50 字或已超过的项目（50 可改）。",
        f"""SELECT {_HEAD}, CAST(v.value AS INTEGER) AS 字数, CAST(c.value AS INTEGER) - CAST(v.value AS INTEGER) AS 剩余, {_TAIL}
FROM value_list v JOIN project_list p USING (project) JOIN campaign c ON c.name = 'recommendation'
WHERE {_CURRENT} AND v.form = 'recommendation' AND v.field = 'word_count'
    AND CAST(c.value AS INTEGER) - CAST(v.value AS INTEGER) < coalesce(nullif(:within, ''), 50)
ORDER BY 剩余, p.project""",  # noqa: S608
    ),
    Query(
        "把握不大的字段",
        "扫描件上读得没有把握的字段（低于 80%，可改），按把握从小到大。",
        f"""SELECT p.unit AS 报送单位, p.project_name AS 项目名称, f.form AS 表, f.field AS 字段, f.value AS 读数, f.confidence AS 把握,
    f.file AS 文件, f.page AS 页, p.project AS 项目编号
FROM field_list f JOIN project_list p USING (project)
WHERE {_CURRENT} AND f.confidence < coalesce(nullif(:below, ''), 0.8)
ORDER BY f.confidence, p.project, f.form, f.field""",  # noqa: S608
    ),
    Query(
        "Word与扫描件不一致",
        "同一字段 Word 版与盖章扫描件不同的地方。",
        f"""SELECT p.unit AS 报送单位, p.project_name AS 项目名称, v.form AS 表, v.field AS 字段,
    (SELECT w.value FROM field_list w
        WHERE w.project = v.project AND w.form = v.form AND w.field = v.field AND w.row = 0 AND w.source = 'word') AS Word版,
    (SELECT s.value FROM field_list s
        WHERE s.project = v.project AND s.form = v.form AND s.field = v.field AND s.row = 0 AND s.source = 'scan') AS 扫描件,
    v.chosen_from AS 采用, p.project AS 项目编号
FROM value_list v JOIN project_list p USING (project)
WHERE {_CURRENT} AND v.agreement = 'differs'
ORDER BY p.unit, p.project, v.form, v.field""",  # noqa: S608
    ),
    Query(
        "无法使用的文件",
        "损坏、加密、格式不支持或只有链接的文件，及原因。",
        """SELECT m.unit AS 报送单位, m.subject AS 邮件主题, f.path AS 文件, f.status AS 状态, f.reason AS 原因,
    m.received_at AS 收到时间, m.message AS 来件编号
FROM file_list f JOIN message_list m USING (message)
WHERE f.status IN ('failed', 'unsupported', 'encrypted')
ORDER BY m.received_at, m.message, f.path""",
    ),
    Query(
        "类别统计",
        "各类别的项目数，与拟评选数对照；还没有项目的类别不列。",
        """SELECT coalesce(p.category, '（未勾选）') AS 类别, count(*) AS 项目数,
    sum(p.status = 'complete') AS 齐全, sum(p.status = 'incomplete') AS 待补正, sum(p.status = 'review') AS 待核对,
    sum(p.status = 'ineligible') AS 不符合, sum(p.decision IS 'passed') AS 已通过, c.value AS 拟评选
FROM project_list p, campaign c
WHERE p.superseded_by IS NULL AND c.name = 'per_category'
GROUP BY p.category ORDER BY 项目数 DESC, 类别""",
    ),
    Query(
        "全文检索",
        "在项目名称和申报内容里找词，一个字也能找；几个词用空格隔开，表示都要有。",
        """SELECT p.unit AS 报送单位, p.project_name AS 项目名称, p.first_completer AS 第一完成人, p.status AS 状态,
    replace(snippet(project_search, 1, '【', '】', ' … ', 40), ' ', '') AS 出处, p.project AS 项目编号
FROM project_search JOIN project_text t ON t.id = project_search.rowid JOIN project_list p ON p.project = t.project
WHERE :q != '' AND project_search MATCH search_phrase(:q) AND p.superseded_by IS NULL
ORDER BY rank, p.project LIMIT 200""",
    ),
)
"""Every question, in the order a clerk goes through them."""

HIDDEN = (
    "message", "sighting", "job", "file", "project", "part", "field", "choice", "finding", "dismissal", "acceptance", "decision", "correction",
    "history", "entry", "relation", "kin", "span", "project_text", "project_search", "campaign", "roster", "watched", "letter", "gone",
    "erasure", "hand", "answer_by",
)  # fmt: skip
"""Tables behind the views: kept out of the way."""


def hidden_tables() -> tuple[str, ...]:
    """All tables that are not shown, the search index's own ones included."""
    return HIDDEN + tuple(f"project_search_{part}" for part in ("data", "idx", "docsize", "config"))
