"""Who gets in, what is shown, and what never is."""

import asyncio
import csv
import io
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from errors import NotFound, UsageError
from review.desk.posted import MOST_BYTES
from review.gate import harmless
from review.metadata import FACETS, ORDER
from review.plugin import VISITOR, local_path, local_time
from review.serve import is_loopback, serve
from review.sessions import COOKIE, LOCAL
from review.tls import pair_of
from review.words import COLUMNS, RULES, VIEWS
from store.looking import columns_of
from store.queries import CANNED
from tests.review.conftest import PASSWORD
from tests.store.make import ID, PROFILE

PROJECT = f"/-/project/p{1:015x}"
ROUTES = [
    "/",
    "/.json",
    "/intake",
    "/intake.json",
    "/intake.db",
    "/intake?sql=select+1",
    "/intake.json?sql=select+1",
    "/-/versions.json",
    "/-/metadata.json",
    "/-/plugins.json",
    "/-/settings.json",
    "/-/databases.json",
    "/-/threads.json",
    "/-/actor.json",
    "/-/static/app.css",
    "/wuxiao/wuxiao.css",
    "/-/auth-token",
    "/-/logout",
    "/-/patterns",
    "/favicon.ico",
    "/_internal",
    PROJECT,
    *(f"/intake/{view}{kind}" for view in VIEWS for kind in ("", ".json", ".csv")),
    "/intake/field.json",
    "/intake/project_text.json",
]


def ask(desk, path: str, method: str = "get", **options):
    return asyncio.run(getattr(desk.client, method)(path, **options))


def test_without_a_session_nothing_answers_but_the_login_page(desk):
    for path in ROUTES:
        answer = ask(desk, path)
        assert answer.status_code in {302, 401}, path
        assert answer.headers.get("location", "/-/login").startswith("/-/login"), path
        assert answer.text in {"", "请先登录。"}, path


def test_without_a_session_no_other_method_gets_through(desk):
    for method in ("post", "put", "delete", "patch", "options"):
        assert ask(desk, "/intake/project_list", method).status_code == 401


def test_the_login_page_says_nothing_of_the_data(desk):
    answer = ask(desk, "/-/login")
    assert answer.status_code == 200 and "登录" in answer.text and "HYPERLINK" not in answer.text


def log_in(desk, name: str, password: str, wanted: str = "/intake"):
    token = re.search(r'name="csrftoken" value="([^"]*)"', (page := ask(desk, "/-/login")).text)[1]
    form = {"name": name, "password": password, "csrftoken": token}
    return ask(desk, f"/-/login?next={quote(wanted)}", "post", data=form, cookies={VISITOR: page.cookies[VISITOR]})


def test_the_right_password_opens_a_session_and_leads_on(desk):
    answer = log_in(desk, "王审核", PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (302, "/intake")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    inside = {COOKIE: re.search(rf"{COOKIE}=([^;]+)", cookie)[1].strip('"')}
    assert ask(desk, "/intake/project_list", cookies=inside).status_code == 200


def test_a_wrong_password_opens_nothing_and_does_not_say_what_was_wrong(desk):
    for name, password in (("王审核", "wrong"), ("nobody", PASSWORD), ("", "")):
        answer = log_in(desk, name, password)
        assert answer.status_code == 403 and "账号或密码不对" in answer.text and COOKIE not in answer.headers.get("set-cookie", "")


def test_a_login_without_the_csrf_token_is_refused(desk):
    page = ask(desk, "/-/login")
    form, visitor = {"name": "王审核", "password": PASSWORD}, {VISITOR: page.cookies[VISITOR]}
    token = {"csrftoken": re.search(r'name="csrftoken" value="([^"]+)"', page.text)[1]}
    for data, cookies in ((form, {}), (form, {VISITOR: "made-up"}), (form, visitor), (form | token, {}), (form | token, {VISITOR: "made-up"})):
        answer = ask(desk, "/-/login", "post", data=data, cookies=cookies)
        assert answer.status_code == 403 and COOKIE not in answer.cookies, (data, cookies)
    assert ask(desk, "/-/login", "post", data=form | token, cookies=visitor).status_code == 302


def test_a_login_that_is_too_large_is_said_so(desk):
    assert "超过 1 MiB" in ask(desk, "/-/login", "post", data={"name": "x" * MOST_BYTES}).text


def test_after_five_wrong_passwords_the_account_is_locked_for_a_while(store):
    for _ in range(5):
        assert store.accounts.check("王审核", "wrong", 1000.0) is None
    assert store.accounts.check("王审核", PASSWORD, 1001.0) is None
    assert store.accounts.check("王审核", PASSWORD, 1000.0 + 15 * 60 + 1).name == "王审核"


def test_a_session_ends_with_its_password_and_with_its_account(desk, store, inside):
    assert ask(desk, "/", cookies=inside).status_code == 200
    store.accounts.add("王审核", "another password", "reviewer")
    assert ask(desk, "/", cookies=inside).status_code == 302
    store.accounts.remove("王审核")
    with pytest.raises(NotFound):
        store.accounts.remove("王审核")


def test_a_made_up_cookie_opens_nothing(desk):
    for cookie in ("", "x", "WyJhIiwiYWRtaW4iLCJsb2NhbCJd.x.y", "null"):
        assert ask(desk, "/", cookies={COOKIE: cookie}).status_code == 302


def test_the_one_time_link_works_once(desk, sessions):
    link = f"/-/enter?token={sessions.link}"
    first, second = ask(desk, link), ask(desk, link)
    assert COOKIE in first.headers["set-cookie"] and first.headers["location"] == "/"
    assert second.headers["location"] == "/-/login" and COOKIE not in second.headers.get("set-cookie", "")


def test_the_local_session_is_good_for_this_run_only(sessions, store):
    cookie = sessions.cookie(LOCAL)
    assert sessions.account(cookie) == LOCAL
    assert type(sessions)(store.accounts).account(cookie) is None


@pytest.mark.parametrize("given", [("", "long enough", "viewer"), ("a", "short", "viewer"), ("a", "long enough", "king")])
def test_an_account_needs_a_name_a_long_password_and_a_known_role(store, given):
    with pytest.raises(UsageError):
        store.accounts.add(*given)


def test_passwords_are_not_stored(store):
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in store.data.iterdir())


def test_no_page_shows_a_full_id_number_or_runs_what_a_unit_wrote(desk, inside):
    for path in ROUTES:
        answer = ask(desk, path, cookies=inside)
        assert ID not in answer.text and ID[6:14] not in answer.text, path
        assert "<script>alert" not in answer.text or "html" not in answer.headers["content-type"], path
        assert answer.headers["x-content-type-options"] == "nosniff" and "no-store" in answer.headers["cache-control"], path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path


def test_the_database_file_cannot_be_downloaded(desk, inside):
    assert ask(desk, "/intake.db", cookies=inside).status_code == 403


def test_a_csv_for_a_spreadsheet_holds_no_formula(desk, inside):
    answer = ask(desk, "/intake/project_list.csv", cookies=inside)
    names = [row["project_name"] for row in csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")))]
    assert names == ["'=HYPERLINK(1)<script>alert(1)</script>"]


def test_numbers_stay_numbers_in_a_csv():
    assert harmless("a,b\r\n-1.5,@x\r\n") == "a,b\r\n-1.5,'@x\r\n"


def test_every_question_has_an_answer(desk, inside):
    for query in CANNED:
        path = desk.urls.query("intake", query.name)
        answer = ask(desk, f"{path}.json?_shape=objects&q=送料", cookies=inside)
        assert answer.status_code == 200, answer.text
        assert ask(desk, f"{path}?q=送料", cookies=inside).status_code == 200, query.name


ANSWERS = {"待补正": 1, "逾期": 1, "各单位进度": 8, "未报送单位": 7, "类别统计": 1, "材料齐全": 0}


def test_a_question_is_answered_from_the_data(desk, inside):
    asked = {name: ask(desk, f"{desk.urls.query('intake', name)}.json?_shape=objects", cookies=inside).json() for name in ANSWERS}
    assert {name: len(answer["rows"]) for name, answer in asked.items()} == ANSWERS


FOUND = {"冲": 1, "冲压": 1, "压冲": 0, "人工 上料": 1, '"': 0, "": 0, "AND OR": 0, ID[6:14]: 0}


def test_words_of_any_length_are_found(desk, inside):
    path = f"{desk.urls.query('intake', '全文检索')}.json?_shape=objects&q="
    assert {words: len(ask(desk, path + quote(words), cookies=inside).json()["rows"]) for words in FOUND} == FOUND


def test_the_page_of_a_project_shows_findings_fields_and_files(desk, inside):
    page = ask(desk, PROJECT, cookies=inside).text
    for words in (
        "待补正",
        "必填项为空",
        "逾期",
        "陈国庆",
        "3211**********487X",
        "扫描件：材料.zip/扫描.pdf 第2页",
        "有章",
        "附件2.docx",
        "90%",
    ):
        assert words in page, words


def test_a_project_that_is_not_there_is_said_so(desk, inside):
    answer = ask(desk, "/-/project/nothing", cookies=inside)
    assert answer.status_code == 404 and "没有找到" in answer.text


def test_codes_times_and_keys_are_words_and_links_on_the_page_and_plain_in_json(desk, inside):
    page, data = (ask(desk, f"/intake/project_list{kind}", cookies=inside) for kind in ("", ".json?_shape=objects"))
    assert f'href="{PROJECT}"' in page.text and ">待补正<" in page.text and ">2024-03-26 17:00<" in page.text
    row = data.json()["rows"][0]
    assert (row["status"], row["received_at"]) == ("incomplete", "2024-03-26T09:00:00+00:00")
    assert f'href="/intake/file_list?message={row["message"]}"' in page.text


def test_the_first_page_counts(desk, inside):
    page = ask(desk, "/", cookies=inside).text
    assert "待补正" in page and "未报送单位" in page and "截止 2024年4月10日" in page


def test_the_tables_behind_the_views_are_hidden(desk, inside):
    shown = ask(desk, "/intake.json", cookies=inside).json()
    assert [table["name"] for table in shown["tables"] if not table["hidden"]] == []
    assert {view["name"] for view in shown["views"]} == set(VIEWS)


def test_a_query_cannot_write_or_reach_private_db(desk, inside):
    for sql in ("delete from project", "attach database 'private.db' as p", "pragma writable_schema=1", "select * from private.field_list"):
        assert ask(desk, f"/intake.json?sql={quote(sql)}", cookies=inside, follow_redirects=True).status_code == 400, sql


def test_every_view_column_and_rule_has_a_chinese_name():
    assert {column for view in VIEWS for column in columns_of(view)} <= set(COLUMNS)
    assert set(PROFILE.rules) <= set(RULES)
    assert all(set(names) <= set(columns_of(view)) for view, names in FACETS.items())
    assert all(set(order.values()) <= set(columns_of(view)) for view, order in ORDER.items())


@pytest.mark.parametrize(
    ("wanted", "where"), [("/intake?a=1", "/intake?a=1"), ("//evil", "/"), ("/\\evil", "/"), ("https://evil", "/"), ("", "/")]
)
def test_a_login_leads_nowhere_outside(wanted, where):
    assert local_path(wanted) == where


def test_times_are_shown_as_the_clock_of_the_campaign_shows_them():
    assert local_time(datetime(2024, 4, 10, 17, tzinfo=UTC).isoformat(), "Asia/Shanghai") == "2024-04-11 01:00"
    assert local_time("时间不明", "Asia/Shanghai") == "时间不明"


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.2", False), ("a.b", False)]
)
def test_what_only_this_machine_reaches_is_told(host, alone):
    assert is_loopback(host) is alone


def test_beyond_this_machine_a_certificate_is_made_once_and_named_by_its_fingerprint(tmp_path):
    first, second = (pair_of(None, None, tmp_path / "tls", "192.168.1.2") for _ in range(2))
    assert first == second and re.fullmatch("([0-9A-F]{2}:){31}[0-9A-F]{2}", first.fingerprint)
    assert [path.stat().st_mode & 0o777 for path in (first.cert, first.key)] == [0o600, 0o600]
    assert pair_of(None, None, tmp_path / "tls", "192.168.1.3") != first
    assert pair_of(first.cert, first.key, tmp_path / "other", "a.b").cert == first.cert


def test_half_a_pair_or_a_broken_one_is_refused(tmp_path):
    (tmp_path / "cert.pem").write_text("no certificate")
    for cert, key in ((tmp_path / "cert.pem", None), (None, tmp_path / "cert.pem"), (tmp_path / "cert.pem", tmp_path / "cert.pem")):
        with pytest.raises(UsageError):
            pair_of(cert, key, tmp_path, "a.b")


SERVE = """
import sys
from pathlib import Path
from review.serve import serve
from tests.store.make import PROFILE
serve(Path(sys.argv[1]), PROFILE, port=0)
"""


def test_served_as_a_process_the_printed_link_leads_in_and_ctrl_c_ends_it(tmp_path):
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, tmp_path / "data"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )
    try:
        link = re.search(r"http://\S+token=\S+", process.stdout.readline())[0]
        with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
            assert client.get(link.partition("/-/")[0] + "/intake/project_list").headers["location"].startswith("/-/login")
            page = client.get(link, follow_redirects=True)
        assert page.status_code == 200 and "常用问题" in page.text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0 and process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_said_so(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UsageError, match="端口"):
            serve(tmp_path, PROFILE, port=other.getsockname()[1])


def test_the_tables_behind_the_lists_speak_chinese_too_row_by_row(desk, inside):
    key = ask(desk, "/intake/project.json?_shape=array", cookies=inside).json()[0]["project"]
    table, row = (ask(desk, path, cookies=inside).text for path in ("/intake/project", f"/intake/project/{key}"))
    for page, words in ((table, ("项目（内部数据）", "首次收到时间")), (row, ("项目（内部数据）：", "首次收到时间", "有关的数据", "审核意见"))):
        assert [word for word in words if word not in page] == []
        assert [word for word in ("This data as", "Links from", "row from") if word in page] == []
