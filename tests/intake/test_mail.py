"""Opening mails: names and texts in every encoding, bodies, mails within mails, who it is from and when it came."""

import base64
from datetime import datetime

import pytest

from intake.limits import UnpackLimits
from intake.words import header
from tests.intake.build import (
    PDF,
    WORDS,
    compound,
    content,
    docx,
    head,
    mail,
    nested,
    opened,
    outlook,
    part,
    picture,
    reasons,
    statuses,
    text,
    tnef,
    zipped,
)


def word(words: str, charset: str, label: str | None = None, kind="B") -> str:
    data = words.encode(charset)
    coded = base64.b64encode(data).decode() if kind == "B" else "".join(f"={byte:02X}" for byte in data)
    return f"=?{label or charset}?{kind}?{coded}?="


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (word("“五小”活动项目+丹阳市总工会", "gbk"), "“五小”活动项目+丹阳市总工会"),
        (word("镕铸车间", "gb18030", "gb2312"), "镕铸车间"),  # 镕 is outside GB 2312
        (word("丹阳市总工会", "utf-8", "gb2312"), "丹阳市总工会"),  # a wrong label
        (word("丹阳市总工会", "gbk", "utf-8"), "丹阳市总工会"),
        (word("丹阳市总工会", "gbk", "iso-8859-1"), "丹阳市总工会"),
        (word("镕铸车间", "gbk", "iso-8859-1"), "镕铸车间"),
        (word("Père Noël", "iso-8859-1"), "Père Noël"),
        (word("總工會", "big5"), "總工會"),
        (word("丹阳市", "hz", "hz-gb-2312"), "丹阳市"),
        ("丹阳市".encode("hz").decode(), "丹阳市"),
        (word("丹阳市", "utf-7"), "丹阳市"),
        (word("报送材料", "gbk", kind="Q"), "报送材料"),
        ("=?UTF-8?B?5Lit?=\r\n =?UTF-8?B?5Zu9?=", "中国"),
        ("=?GB18030?B?lDnaMw==?=", "💩"),
        ("=?UTF-8?B?8J+S?= =?UTF-8?B?qQ==?=", "💩"),  # cut within a character
        (
            "=?gb2312?Q?2-=CD=D0=D3=D7=BB=FA=B9=B9=B1=A8=B1=ED=28=CE=DE2?=\r\n =?gb2312?Q?=CB=EA=B6=F9=CD=AF=29=2Exls?=",
            "2-托幼机构报表(无2岁儿童).xls",
        ),
        ("=?ks_c_5601-1987?B?MTMwMTE3X8HWwvfA5V+1tcDlX7jetLq+8y5wZGY=?=", "130117_주차장_도장_메뉴얼.pdf"),
        ("=?ISO-2022-JP?B?GyRCM1g5OzU7PVEwdzgmPSQ4IUYkMnFKczlwGyhC?=", "学校技術員研修検討会報告"),
        ("=?WINDOWS-1251?Q?=C0=F0=F2=E5=EC?=", "Артем"),
        ('=?UTF-8?Q?thisisatest123_"test"?=', 'thisisatest123 "test"'),
        (
            "[internal] =?UTF-8?B?zp3Orc6/z4Igzp/OtM63zrPPjM+CIM6jz4XOs86zz4E=?=\r\n =?UTF-8?B?zrHPhs6uz4I=?=",
            "[internal] Νέος Οδηγός Συγγραφής",
        ),
        ("=?nonsense?B?5Lit5Zu9?=", "中国"),
        ("=?utf-8?B?5Lit5Zu9", "=?utf-8?B?5Lit5Zu9"),
        ("a\x00b\u202ec", "abc"),
    ],
)
def test_a_header_is_shown_as_it_was_meant(raw, shown):
    assert header(raw) == shown


@pytest.mark.parametrize("charset", ["gbk", "utf-8", "gb18030"])
def test_raw_eight_bit_headers_are_read(tmp_path, charset):
    data = head("Subject: “五小”活动项目+句容市总工会".encode(charset), '"句容市总工会" <jr@163.com>'.join(("From: ", "")).encode(charset))
    message = opened(tmp_path, data + b"\r\n\r\n" + "材料见附件".encode(charset))
    assert message.subject == "“五小”活动项目+句容市总工会"
    assert (message.sender, message.sender_address) == ("句容市总工会 <jr@163.com>", "jr@163.com")
    assert content(tmp_path, message, "正文.txt").decode() == "材料见附件"


def named(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("gbk", "surrogateescape") + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(PDF)


NAME = "附件2 提名书（盖章）.pdf"


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: application/pdf", f'Content-Disposition: attachment; filename="{word(NAME, "gbk")}"'],
        [
            "Content-Type: application/pdf",
            f"Content-Disposition: attachment;\r\n filename={word(NAME[:5], 'utf-8')}\r\n {word(NAME[5:], 'utf-8')}",
        ],
        [
            "Content-Type: application/pdf",
            "Content-Disposition: attachment; filename*=utf-8''" + "".join(f"%{byte:02X}" for byte in NAME.encode()),
        ],
        [
            "Content-Type: application/pdf",
            "Content-Disposition: attachment; filename*=gb18030''" + "".join(f"%{byte:02X}" for byte in NAME.encode("gbk")),
        ],
        [
            "Content-Type: application/pdf",
            "Content-Disposition: attachment; filename*0*=gbk''"
            + "".join(f"%{byte:02X}" for byte in NAME[:6].encode("gbk"))
            + ";\r\n filename*1*="
            + "".join(f"%{byte:02X}" for byte in NAME[6:].encode("gbk")),
        ],
        ["Content-Type: application/pdf", f'Content-Disposition: attachment; filename="{NAME}"'],  # raw GBK bytes
        [f'Content-Type: application/octet-stream; name="{word(NAME, "gb2312")}"'],  # no disposition at all
        [
            "Content-Type: application/pdf",
            'Content-Disposition: attachment; filename="' + "".join(f"%{byte:02X}" for byte in NAME.encode()) + '"',
        ],
        [f'Content-Type: application/pdf; name="{word(NAME, "utf-8")}"', 'Content-Disposition: attachment; filename="????.pdf"'],
        ["Content-Type: application/pdf", f'Content-Disposition: attachment; filename="C:\\\\报送\\\\{NAME}"'],
    ],
)
def test_a_file_name_is_shown_as_it_was_meant(tmp_path, lines):
    assert statuses(opened(tmp_path, mail(text("见附件"), named(*lines))))[NAME] == "waiting"


def test_what_a_file_is_comes_from_its_bytes(tmp_path):
    message = opened(
        tmp_path, mail(part(PDF, "扫描.jpg", "image/jpeg"), part(docx(), "表.doc", "application/msword"), part(zipped({"a.pdf": PDF}), "x.dat"))
    )
    kinds = {row.path: row.media_type for row in message.attachments}
    assert kinds["扫描.jpg"] == "application/pdf"
    assert kinds["表.doc"].endswith("wordprocessingml.document")
    assert kinds["x.dat/a.pdf"] == "application/pdf"


def test_a_name_that_lies_about_its_kind_gives_a_reason(tmp_path):
    message = opened(tmp_path, mail(part("这是日志\n".encode() * 9, "照片.jpg"), part(b"\x00\x01\x02" * 99, "表.docx"), part(b"", "空.pdf")))
    assert set(statuses(message).values()) == {"failed"}
    assert "纯文本" in reasons(message)["照片.jpg"]
    assert "空的" in reasons(message)["空.pdf"]


def test_two_files_of_one_name_both_stay(tmp_path):
    message = opened(tmp_path, mail(part(PDF, "扫描.pdf"), part(PDF + b" ", "扫描.pdf"), part(PDF, "扫描.pdf")))
    assert list(statuses(message)) == ["扫描.pdf", "扫描 (2).pdf", "扫描 (3).pdf"]


def test_a_body_in_two_versions_counts_once(tmp_path):
    plain, page = text("各位领导：材料见附件。"), text("<p>各位领导：材料见附件。</p>", kind="html")
    found = statuses(opened(tmp_path, mail(nested(plain, page), part(PDF, "a.pdf"))))
    assert found == {"正文.txt": "waiting", "正文.html": "ignored", "a.pdf": "waiting"}


def test_a_table_in_the_body_is_read_from_html(tmp_path):
    cells = "".join(f"<td>{n}</td>" for n in range(6))
    page = text(f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><table><tr>{cells}</tr></table>', "gbk", "html")
    message = opened(tmp_path, mail(nested(text("0 1 2"), page)))
    assert statuses(message) == {"正文.txt": "ignored", "正文.html": "waiting"}
    assert b"charset=utf-8" in content(tmp_path, message, "正文.html")


def test_a_declared_multipart_without_parts_keeps_its_text(tmp_path):
    data = head(b'Content-Type: multipart/alternative; boundary="none"') + b"\r\n\r\nThis is all there is."
    assert content(tmp_path, opened(tmp_path, data), "正文.txt") == b"This is all there is."


def test_no_part_of_a_mail_gets_lost(tmp_path):
    """As many different bytes come out as went in, wherever they stood."""
    blobs = [PDF + b"%d" % number for number in range(8)]
    inner = mail(part(blobs[0], "a.pdf"), nested(part(blobs[1], "b.pdf"), part(blobs[2]), kind="mixed"))
    packed = zipped({"c.pdf": blobs[3], "深/d.pdf": blobs[4], "e.zip": zipped({"f.pdf": blobs[5]})})
    data = mail(part(inner, "转.eml", "message/rfc822"), part(packed, "x.zip"), nested(part(blobs[6], "g.pdf"), kind="related"), part(blobs[7]))
    message = opened(tmp_path, data)
    leaves = [row for row in message.attachments if row.status == "waiting"]
    assert len(leaves) == len(blobs)
    assert {(tmp_path / "out" / row.sha256).read_bytes().rstrip() for row in leaves} == set(blobs)


def test_a_mail_within_the_mail_stands_under_its_name(tmp_path):
    inner = mail(text("见附件"), part(PDF, "扫描.pdf"), headers=head("Subject: 报送：丹阳/句容".encode()))
    found = statuses(opened(tmp_path, mail(text("转"), b"Content-Type: message/rfc822\r\n\r\n" + inner)))
    assert found == {
        "正文.txt": "waiting",
        "报送：丹阳_句容.eml": "parsed",
        "报送：丹阳_句容.eml/正文.txt": "waiting",
        "报送：丹阳_句容.eml/扫描.pdf": "waiting",
    }


def test_a_mail_wrapped_in_base64_is_opened_all_the_same(tmp_path):
    inner = mail(part(PDF, "扫描.pdf"))
    found = statuses(opened(tmp_path, mail(part(inner, "信.eml", "message/rfc822"), part(inner, "另一封.eml"))))
    assert found["信.eml/扫描.pdf"] == found["另一封.eml/扫描.pdf"] == "waiting"


def test_small_pictures_of_a_signature_are_ignored_and_a_pasted_scan_is_not(tmp_path):
    page = text('<img src="cid:logo"><img src="cid:scan">', kind="html")
    logo = part(picture(120, 60), "image001.png", "image/png", "Content-ID: <logo>")
    scan = part(picture(1240, 1754), "image002.png", "image/png", "Content-ID: <scan>")
    found = statuses(opened(tmp_path, mail(page, logo, scan, part(picture(90, 90), "照片.png"), kind="related")))
    assert found == {"正文.html": "ignored", "image001.png": "ignored", "image002.png": "waiting", "照片.png": "waiting"}


def test_junk_is_ignored_with_a_reason(tmp_path):
    packed = zipped({"__MACOSX/._a.pdf": b"x", ".DS_Store": b"x", "Thumbs.db": b"x", "~$附件2.docx": b"x" * 162, "a.pdf": PDF})
    message = opened(tmp_path, mail(part(packed, "材料.zip"), part(b"0\x82", "smime.p7s", "application/pkcs7-signature")))
    assert {path for path, status in statuses(message).items() if status == "ignored"} == {
        "材料.zip/__MACOSX/._a.pdf",
        "材料.zip/.DS_Store",
        "材料.zip/Thumbs.db",
        "材料.zip/~$附件2.docx",
        "smime.p7s",
    }
    assert all(reasons(message)[path] for path, status in statuses(message).items() if status == "ignored")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "Received: from a by b; Tue, 26 Mar 2024 09:42:18 +0800 (CST)\r\nReceived: from x by y; Mon, 25 Mar 2024 01:00:00 +0000",
            "2024-03-26T09:42:18+08:00",
        ),
        ("Received: from a by b with SMTP\r\nDate: Wed, 10 Apr 2024 16:00:00 +0000", "2024-04-10T16:00:00+00:00"),
        ("Date: Wed, 10 Apr 2024 23:59:59 CST", "2024-04-10T23:59:59+08:00"),
        ("Date: Wed, 10 Apr 2024 23:59:59 -0000", "2024-04-10T23:59:59+08:00"),
        ("Date: 10 Apr 24 23:59", "2024-04-10T23:59:00+08:00"),
        ("Date: Wed, 10 Apr 2024 23:59:59 GMT", "2024-04-10T23:59:59+00:00"),
        ("Date: Wed, 10 Apr 2024 23:59:59 +9999", "2024-04-10T23:59:59+08:00"),
        ("Date: 2024年4月10日", None),
        ("Date: Wed, 40 Apr 2024 23:59:59 +0800", None),
        ("Subject: x", None),
    ],
)
def test_when_it_came(tmp_path, lines, expected):
    came = opened(tmp_path, f"From: a@b.cn\r\n{lines}\r\n\r\nx".encode()).received_at
    assert came == (datetime.fromisoformat(expected) if expected else None)
    assert expected is None or came.isoformat() == expected


# fmt: off
FORWARDS = [
    "请查收。\n\n---原始邮件---\n发件人: \"丹阳市总工会\"<dy@126.com>\n发送时间: 2024年3月26日\n主题: “五小”活动项目\n\n正文",
    "------------------ 原始邮件 ------------------\n发件人:                             \"丹阳市总工会\"   <dy@126.com>;\n主题: 五小\n",
    "---------- 转发的邮件 ----------\n> 发件人：丹阳市总工会 <dy@126.com>\n> 主题：五小\n",
    "-------- 转发邮件信息 --------\n发件人：\"丹阳市总工会\" <dy@126.com>\n发送日期：2024-03-26\n主题：五小\n",
    "Begin forwarded message:\n\n> From: 丹阳市总工会 <dy@126.com>\n> Subject: 五小\n",
    "-----Original Message-----\nFrom: 丹阳市总工会 [mailto:dy@126.com]\nSent: Tuesday\nSubject: 五小\n",
    "________________________________\n发件人: 李科长 <li@zj.gov.cn>\n发送时间: 2024\n主题: 转发: 五小\n\n"
    "-----原始邮件-----\n发件人: 丹阳市总工会 <dy@126.com>\n主题: 五小\n",
]
# fmt: on


@pytest.mark.parametrize("body", FORWARDS)
@pytest.mark.parametrize("html", [False, True])
def test_a_forwarded_mail_counts_for_its_first_sender(tmp_path, body, html):
    words = "".join(f"<div>{line.replace('<', '&lt;').replace('>', '&gt;')}</div>" for line in body.split("\n")) if html else body
    start = head("Subject: 转发：“五小”活动项目".encode(), "From: 王科长 <wang@zj.gov.cn>".encode())
    message = opened(tmp_path, mail(text(words, kind="html" if html else "plain"), part(PDF, "a.pdf"), headers=start))
    assert (message.sender, message.sender_address) == ("丹阳市总工会 <dy@126.com>", "dy@126.com")
    assert message.forwarded_by == "王科长 <wang@zj.gov.cn>"


def test_a_reply_stays_its_writers(tmp_path):
    start = head("Subject: 回复：补正通知".encode(), "From: 丹阳 <dy@126.com>".encode())
    message = opened(tmp_path, mail(text(FORWARDS[0].replace("dy@126.com", "office@qq.com")), part(PDF, "a.pdf"), headers=start))
    assert (message.sender_address, message.forwarded_by) == ("dy@126.com", None)


def test_a_mail_sent_on_as_an_attachment_counts_for_its_first_sender(tmp_path):
    inner = mail(text("见附件"), part(PDF, "a.pdf"), headers=head("Subject: 五小材料".encode(), "From: 丹阳 <dy@126.com>".encode()))
    outer = head(b"Subject: Fwd:", "From: 王科长 <wang@zj.gov.cn>".encode())
    message = opened(tmp_path, mail(text("请收"), b"Content-Type: message/rfc822\r\n\r\n" + inner, headers=outer))
    assert (message.sender_address, message.forwarded_by, message.subject) == ("dy@126.com", "王科长 <wang@zj.gov.cn>", "五小材料")


REPORT = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.0.0\r\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            mail(
                text("failed"),
                REPORT,
                part(mail(part(PDF, "通知.pdf")), "x.eml", "message/rfc822"),
                kind='report"; report-type="delivery-status',
            ),
            "退信",
        ),
        (head(b"Subject: Undelivered Mail Returned to Sender", b"From: MAILER-DAEMON@x.cn") + b"\r\n\r\nx", "退信"),
        (head("Subject: 系统退信".encode(), b"From: PostMaster@qq.com") + b"\r\n\r\nx", "退信"),
        (head("Subject: 自动回复：补正通知".encode()) + b"\r\n\r\n" + "我正在休假".encode(), "自动回复"),
        (head(b"Subject: Re: hi", b"From: a@b.cn", b"Auto-Submitted: auto-replied") + b"\r\n\r\nx", "自动回复"),
        (mail(text("已读"), b"Content-Type: message/disposition-notification\r\n\r\nx: y\r\n", kind="report"), "回执"),
        (head("Subject: 已读: 补正通知".encode()) + b"\r\n\r\nx", "回执"),
        (
            head("Subject: 发票培训班".encode(), b"From: a@b.cn", b"List-Unsubscribe: <http://x>") + b"\r\n\r\n" + ("特惠" * 300).encode(),
            "广告",
        ),
        (head("Subject: 你好".encode()) + b"\r\n\r\n" + "收到，谢谢。".encode(), "没有附件"),
    ],
)
def test_what_is_no_submission_says_why(tmp_path, data, why):
    message = opened(tmp_path, data)
    assert message.kind == "unrelated"
    assert why in (message.why or "")


@pytest.mark.parametrize(
    "data",
    [
        mail(text("x"), part(PDF, "a.pdf"), headers=head(b"Subject: x", b"From: a@b.cn", b"List-Unsubscribe: <http://x>", b"Precedence: bulk")),
        mail(text("x"), part(PDF, "a.pdf"), headers=head("Subject: 自动回复：五小".encode(), b"From: a@b.cn", b"Auto-Submitted: auto-replied")),
        head("Subject: “五小”活动项目+扬中市总工会".encode()) + b"\r\n\r\n" + "材料稍后送来".encode(),
        head("Subject: 推荐材料".encode()) + b"\r\n\r\n" + ("一、引言。过去每班要停机三次，职工想了办法。" * 20).encode(),
        mail(text("见"), part(b"Rar!\x1a\x07\x00junk", "材料.rar")),
        head(b"Subject: x") + b"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "https://pan.baidu.com/s/1abcdef 提取码 1234".encode(),
    ],
)
def test_what_may_be_a_submission_stays_one(tmp_path, data):
    assert opened(tmp_path, data).kind == "submission"


def test_without_the_campaigns_words_a_short_mail_stays(tmp_path):
    assert opened(tmp_path, head() + b"\r\n\r\nthanks", words=()).kind == "submission"


LINKS = [
    (
        "\n从QQ邮箱发来的超大附件\n\n盖章扫描件.zip (128.03M, 2024年4月27日 21:59 到期)"
        "进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=7d&code=76",
        ["盖章扫描件.zip"],
    ),
    ("材料太大，链接: https://pan.baidu.com/s/1AbC-d 提取码: x1y2", ["百度网盘"]),
    ("通过百度网盘分享的文件：五小材料.rar\n链接:https://pan.baidu.com/s/1AbC?pwd=x1y2", ["五小材料.rar"]),
    ("微云文件分享：https://share.weiyun.com/5Abc", ["微云"]),
    ("从网易126邮箱发来的云附件\n项目材料.7z (80.9M, 2024年4月20日 10:00 到期)\n下载", ["项目材料.7z"]),
    ("一 https://share.weiyun.com/a 二 https://pan.quark.cn/s/b", ["微云", "夸克网盘"]),
]


@pytest.mark.parametrize(("body", "names"), LINKS)
def test_a_file_that_is_only_a_link_is_said_to_be_missing(tmp_path, body, names):
    message = opened(tmp_path, mail(text(body)))
    rows = [row for row in message.attachments if row.status == "failed"]
    assert [row.path for row in rows] == names
    assert all("重新发送" in (row.reason or "") and row.sha256 == "" for row in rows)


def test_links_in_html_show_their_names_once(tmp_path):
    there = "https://mail.163.com/large-attachment-download/index.html?p=djAy"
    qq = "https://wx.mail.qq.com/ftn/download?func=3&amp;key=ab&amp;code=cd"
    page = (
        f'<div><b>从网易163邮箱发来的超大附件</b><a href="http://u.163.com/x">推荐客户端极速下载</a></div><a href="{there}"></a>'
        f'<a href="{there}">扫描件.zip</a><span>(80.96M, 2024年5月17日 0:49 到期)</span><a href="{there}">下载</a>'
        f'<div>照片.rar <a href="{qq}">进入下载页面</a></div><p><a href="https://mail.163.com/dashi/">下载网易邮箱大师</a></p>'
    )
    message = opened(tmp_path, mail(nested(text("见超大附件"), text(page, kind="html"))))
    assert [row.path for row in message.attachments if row.status == "failed"] == ["扫描件.zip", "照片.rar"]


def test_a_split_or_sealed_mail_says_so(tmp_path):
    split = head() + b'\r\nContent-Type: message/partial; id="x"; number=2; total=3\r\n\r\nrest'
    sealed = head() + b"\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nMIAG"
    assert "第 2 部分" in next(iter(reasons(opened(tmp_path, split)).values()))
    assert statuses(opened(tmp_path, sealed)) == {"smime.p7m": "encrypted"}


def test_a_mail_over_a_limit_stays_with_its_headers_and_a_reason(tmp_path):
    big = head("Subject: 五小".encode(), b"From: a@b.cn", b"X: " + b"x" * 300_000) + b"\r\n\r\nbody"
    message = opened(tmp_path, big, name="大.eml", limits=UnpackLimits(header_bytes=200_000))
    assert (message.subject, message.sender_address, message.kind) == ("五小", "a@b.cn", "submission")
    assert statuses(message) == {"大.eml": "failed"}
    assert "邮件头" in reasons(message)["大.eml"]


def test_a_winmail_dat_gives_its_files_and_its_text(tmp_path):
    packed = tnef({"附件2提名书.pdf".encode("gbk"): PDF + b"\0\0\0", b"b.docx": docx()}, "各位领导".encode("gbk"))
    message = opened(tmp_path, mail(text("x"), part(packed, "winmail.dat", "application/ms-tnef")))
    assert statuses(message) == {
        "正文.txt": "waiting",
        "winmail.dat": "parsed",
        "winmail.dat/正文.txt": "waiting",
        "winmail.dat/附件2提名书.pdf": "waiting",
        "winmail.dat/b.docx": "waiting",
    }
    assert content(tmp_path, message, "winmail.dat/附件2提名书.pdf") == PDF + b"\0\0\0"
    assert content(tmp_path, message, "winmail.dat/正文.txt").decode() == "各位领导"


@pytest.mark.parametrize("charset", ["utf-16-le", "gbk"])
def test_an_outlook_message_is_opened_like_a_mail(tmp_path, charset):
    inside = outlook("内层", ("句容", "jr@126.com"), "里面的话", {"内.pdf": PDF}, charset, prefix="")
    inside["__properties_version1.0"] = b"\0" * 24
    data = compound(
        outlook(
            "“五小”活动项目",
            ("丹阳市总工会", "dy@126.com"),
            "材料见附件",
            {"扫描件.pdf": PDF, "材料.zip": zipped({"a.pdf": PDF})},
            charset,
            inside=inside,
        )
    )
    message = opened(tmp_path, data, "outlook", name="来信.msg")
    assert (message.subject, message.sender) == ("“五小”活动项目", "丹阳市总工会 <dy@126.com>")
    assert message.received_at is not None
    assert message.received_at.isoformat() == "2024-03-26T09:30:00+08:00"
    found = statuses(message)
    assert found["扫描件.pdf"] == found["材料.zip/a.pdf"] == found["转来的信.eml/内.pdf"] == found["转来的信.eml/正文.txt"] == "waiting"
    assert content(tmp_path, message, "转来的信.eml/正文.txt").decode().strip() == "里面的话"


def test_an_outlook_message_attached_to_a_mail_is_opened(tmp_path):
    data = compound(outlook("题", ("人", "a@b.cn"), "话", {"内.pdf": PDF}))
    assert statuses(opened(tmp_path, mail(part(data, "转.msg"))))["转.msg/内.pdf"] == "waiting"


def test_two_runs_give_the_same_rows(tmp_path):
    data = mail(
        part(compound(outlook("题", ("人", "a@b.cn"), "话", {}, inside=outlook("里", ("人", "a@b.cn"), "话", {}))), "转.msg"), part(PDF)
    )
    assert opened(tmp_path / "a", data) == opened(tmp_path / "b", data)
    assert WORDS


def test_a_long_attachment_comes_out_byte_for_byte_wherever_it_stands(tmp_path):
    """Its base64 is taken out before parsing and put back: within a mail within the mail, without padding, next to its like."""
    import os

    blobs = [PDF + os.urandom(size) for size in (60_000, 60_001, 60_002)]
    inner = mail(part(blobs[0], "a.pdf"), part(blobs[1], "b.pdf"))
    data = mail(part(blobs[2], "c.pdf"), b"Content-Type: message/rfc822\r\n\r\n" + inner, part(inner, "d.eml"))
    message = opened(tmp_path, data)
    assert [content(tmp_path, message, path) for path in ("x.eml/a.pdf", "x.eml/b.pdf", "c.pdf", "d.eml/a.pdf")] == [*blobs, blobs[0]]
