"""What the columns, views and codes of the contract are called in Chinese, for the pages."""

from __future__ import annotations

import re

VIEWS: dict[str, tuple[str, str]] = {
    "project_list": ("项目", "每个报送项目一行。被更正替代的旧版本也保留，其“替代版本”一栏不为空。点项目编号看全部材料。"),
    "finding_list": ("审核意见", "每个项目或来件不符合要求之处：哪里不对、看到了什么、需要补什么。"),
    "message_list": ("来件", "每封邮件或每次现场交来的材料一行，及其处理结果。"),
    "file_list": ("文件", "来件中的每个文件，压缩包内的也列出；不能使用的写明原因。"),
    "part_list": ("材料识别", "每个文件（或其中几页）认出是哪张表，有没有章、有没有签字。"),
    "field_list": ("读到的字段", "从 Word 和扫描件上读到的每一个值，及其位置和把握。身份证号只显示首尾四位。"),
    "value_list": ("采用的值", "每个字段最终采用的值：审核人改过的优先，其次 Word，再次扫描件。"),
    "sighting_list": ("收件记录", "每件来件在哪里、什么时候收到过；同一封信收到几次，只算一件。"),
    "history_list": ("操作记录", "谁在什么时候做了什么，改动前后各是什么。"),
}

COLUMNS: dict[str, str] = {
    "message": "来件编号（由内容得出）",
    "message_id": "邮件自带的 Message-ID",
    "subject": "邮件主题；现场交来的为文件夹名",
    "sender": "发件人",
    "received_at": "收到时间",
    "unit": "报送单位（名录内的写标准名称）",
    "status": "状态",
    "reason": "原因",
    "sha256": "原件的 SHA-256 指纹",
    "source": "来源",
    "seen_at": "看到的时间",
    "path": "文件名，压缩包内的写全路径",
    "media_type": "按内容判断的文件类型",
    "bytes": "大小（字节）",
    "pages": "页数",
    "file": "所在文件",
    "project": "项目编号（由内容得出）；汇总表为空",
    "form": "哪张表",
    "first_page": "起始页",
    "last_page": "结束页",
    "sealed": "有无公章：1 有，0 无，空为不适用或看不清",
    "signed": "有无签字：1 有，0 无，空为不适用",
    "used": "1 为采用的一份，0 为重复的一份",
    "project_name": "项目名称",
    "category": "项目类别",
    "first_completer": "第一完成人",
    "employer": "工作单位（第一完成人的）",
    "errors": "问题数（须由单位补正的）",
    "to_verify": "待核对数（须人工看一眼的）",
    "message_errors": "来件问题数（汇总表、时限等，不算在项目里）",
    "decision": "审核决定",
    "superseded_by": "替代版本（其项目编号；空为现行版本）",
    "row": "汇总表的行号；其他为 0",
    "field": "字段",
    "value": "整理后的值",
    "raw": "原样",
    "confidence": "把握，0 到 1",
    "page": "页码，从 1 起；Word 为空",
    "x0": "左边（占页宽的比例）",
    "y0": "上边（占页高的比例）",
    "x1": "右边（占页宽的比例）",
    "y1": "下边（占页高的比例）",
    "chosen_from": "取自：review 审核人，word，scan 扫描件",
    "agreement": "两份是否一致：same 一致，differs 不同，one-sided 只有一份，corrected 已更正",
    "rule": "规则",
    "severity": "轻重",
    "text": "说明",
    "state": "open 有效，dismissed 已由审核人撤除",
    "at": "时间",
    "actor": "操作人",
    "action": "操作",
    "before": "改动前",
    "after": "改动后",
}

CODES: dict[str, dict[str, str]] = {
    "status": {
        "complete": "材料齐全",
        "incomplete": "待补正",
        "review": "待核对",
        "ineligible": "不符合条件",
        "waiting": "待处理",
        "processed": "已处理",
        "partial": "部分文件无法使用",
        "failed": "无法使用",
        "unrelated": "与申报无关",
        "parsed": "已读取",
        "ignored": "不需读取",
        "unsupported": "格式不支持",
        "encrypted": "有密码",
    },
    "severity": {"error": "须补正", "ineligible": "不得提名", "verify": "须核对", "advice": "提示"},
    "decision": {"passed": "通过", "returned": "退回补正", "rejected": "不符合"},
    "source": {"word": "Word", "scan": "扫描件"},
    "chosen_from": {"word": "Word", "scan": "扫描件", "review": "审核人"},
    "agreement": {"same": "一致", "differs": "不一致", "one-sided": "只有一份", "corrected": "已更正"},
    "state": {"open": "有效", "dismissed": "已撤除"},
}
SAME_WORDS = {"状态": "status", "处理": "state", "采用": "chosen_from"}
"""Columns of the canned queries that hold the codes of a contract's column."""

RULES: dict[str, str] = {
    "subject-format": "邮件主题格式",
    "late": "逾期",
    "unit-unknown": "报送单位不明",
    "file-unreadable": "文件无法读取",
    "missing-summary": "缺汇总表（Word）",
    "missing-summary-scan": "缺汇总表盖章扫描件",
    "summary-without-project": "汇总表所列项目缺材料",
    "project-without-summary": "项目未列入汇总表",
    "summary-mismatch": "与汇总表不一致",
    "quota": "报送数量",
    "missing-nomination": "缺提名书",
    "missing-person": "缺第一完成人情况表",
    "missing-commitment": "缺承诺书",
    "missing-recommendation": "缺推荐材料",
    "missing-certificate": "缺一线职工证明",
    "missing-word": "缺 Word 版",
    "missing-scan": "缺扫描件",
    "no-seal": "未盖章",
    "not-signed": "未签字",
    "no-signed-date": "未写日期",
    "missing-field": "必填项为空",
    "invalid-field": "填写无效",
    "inconsistent-id": "身份证号与性别不符",
    "category-not-single": "类别未单选",
    "summary-text-too-long": "项目简介超字数",
    "recommendation-too-long": "推荐材料超字数",
    "missing-section": "推荐材料缺部分",
    "section-order": "推荐材料顺序",
    "not-applied-in-time": "未按期应用实施",
    "period-unclear": "起止时间不明",
    "funding-missing": "缺任务及资金来源",
    "too-many-awards": "获奖超过两项",
    "provincial-award": "已获省级奖项",
    "municipal-award": "涉及市级奖项",
    "excluded-subject": "可能属于不得提名的内容",
    "not-frontline": "可能不是一线职工",
    "outside-city": "单位可能不在本市",
    "commitment-mismatch": "承诺书与表不一致",
    "commitment-altered": "承诺书文字有改动",
    "certificate-mismatch": "证明与表不一致",
    "word-scan-mismatch": "Word 与扫描件不一致",
    "word-scan-unsure": "Word 与扫描件疑似不一致",
    "same-completer": "第一完成人重复",
    "same-project": "项目重复",
    "same-grassroots-unit": "同一单位经两家提名",
}


LOOKUPS: dict[str, str] = {
    "exact": "等于",
    "not": "不等于",
    "contains": "包含",
    "notcontains": "不包含",
    "startswith": "开头是",
    "gt": "大于",
    "gte": "不小于",
    "lt": "小于",
    "lte": "不大于",
    "isnull": "为空",
    "notnull": "不为空",
}
PARAMETERS: dict[str, str] = {"q": "要找的词", "within": "离上限不到多少字（默认 50）", "below": "置信度低于（默认 0.8）"}


def label(column: str) -> str:
    """The short Chinese name of a column; itself where it has none."""
    return re.split("[（；：，]", COLUMNS.get(column, column))[0]


def said(column: str, value: object) -> str | None:
    """The Chinese word for a code in a column, None where it is no code."""
    if not isinstance(value, str):
        return None
    if column in ("rule", "规则"):
        return RULES.get(value)
    return CODES.get(SAME_WORDS.get(column, column), {}).get(value)
