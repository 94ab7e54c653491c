"""Every address × role × format: who gets what, and that nobody gets what no page may show."""

import asyncio
import io
import json
import re
import zipfile
from functools import cache
from urllib.parse import quote

import pytest

from review.desk.context import includes
from review.desk.pictures import COVER
from review.desk.routes import ROUTES
from review.serve import make_desk
from review.sessions import COOKIE, Sessions
from review.words import VIEWS
from store.accounts import ROLES
from store.queries import CANNED, hidden_tables
from tests.review.filled import ACCOUNTS, EVIL, ID, ID_BOX, PERSON, UNIT, fill
from tests.store.make import PROFILE

NAMES = {role: name for name, role in ACCOUNTS}
FORMATS = ("", ".json?_shape=objects", ".csv", "?_format=%63sv", ".blob?_blob_column=x&_blob_hash=x", ".db")
FROM_1 = ("/-/schema", "/part/-/schema", "/-/queries", "/-/query", "/-/create", "/-/execute-write", "/part/-/fragment")
"""Pages of a database that datasette has from 1.0."""
WRITING = (
    "/intake/-/create",
    "/intake/-/execute-write",
    "/intake/part/-/insert",
    "/intake/part/-/upsert",
    "/intake/part/-/drop",
    "/intake/part/1/-/update",
    "/-/create-token",
    "/-/logout",
    "/-/permissions",
    f"/intake/{next(iter(VIEWS))}",
)
"""What datasette writes by; from 1.0 it asks for no token."""
ABOUT_ITSELF = (
    "versions",
    "metadata",
    "plugins",
    "settings",
    "config",
    "threads",
    "databases",
    "permissions",
    "allow-debug",
    "patterns",
    "auth-token",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = fill(tmp_path_factory.mktemp("roles") / "data")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desk(store):
    return make_desk(store, PROFILE, Sessions(store.accounts))


@pytest.fixture(scope="module")
def places(store):
    """Every address of the desk with its least role, filled in for a project, its message, its scan."""
    project = next(row for row in store.projects() if EVIL not in row.project_name)
    position, scan = next((str(n), file) for n, file in enumerate(store.files()) if "材料/1/扫描.pdf" in file.path)
    words = {"project": project.project, "message": project.message, "sha256": scan.sha256, "page": "2", "position": position, "kind": "xlsx"}
    found = {}
    for route in ROUTES:
        address = re.sub(r"\(\?P<(\w+)>.*?\)", lambda m: words[m[1]], route.pattern.strip("^$")).replace("\\", "")
        found[address + (f"?unit={quote(UNIT)}" if address.startswith("/-/letter") else "")] = route
    return found


@cache
def session(store, role) -> dict[str, str]:
    """The cookie of one login: another second makes another, which the tokens of this one do not fit."""
    return {COOKIE: Sessions(store.accounts).cookie(store.accounts.get(NAMES[role]))} if role else {}


def ask(desk, store, role, path, method="GET", **options):
    cookies = session(store, role)
    return asyncio.run(desk.client.request(method, path, cookies=cookies | options.pop("more", {}), **{"follow_redirects": False} | options))


def data_addresses():
    names = [*VIEWS, *hidden_tables(), *(query.name for query in CANNED), "no-such-table"]
    yield from (f"/intake/{quote(name)}{kind}" for name in names for kind in FORMATS)
    yield from (f"{root}{kind}" for root in ("/", "/intake", "/_internal", "/private", "/private.db", "/../private.db") for kind in FORMATS)
    yield from (f"/-/{name}{kind}" for name in ABOUT_ITSELF for kind in ("", ".json"))
    yield from (
        f"/intake{page}{kind}sql={quote(sql)}"
        for page in ("", "/-/query")  # from 1.0 the first leads to the second
        for kind in ("?", ".json?", ".csv?")
        for sql in ("select * from part", "select * from correction")
    )
    yield from (f"/intake{page}{kind}" for page in FROM_1 for kind in ("", ".json"))


def words_of(answer) -> str:
    """All that an answer says; of zipped files what is inside."""
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return answer.content.decode("utf-8", "replace")


@pytest.mark.parametrize("role", [None, *ROLES])
def test_no_address_in_any_format_shows_a_full_id_number_or_runs_anything(desk, store, places, role):
    for path in (*places, *data_addresses()):
        answer = ask(desk, store, role, path)
        said = words_of(answer)
        assert ID not in said and ID[6:14] not in said, path
        assert answer.headers["x-content-type-options"] == "nosniff" and "no-store" in answer.headers["cache-control"], path
        assert "script-src 'self';" in answer.headers["content-security-policy"], path
        if "html" in answer.headers.get("content-type", ""):
            assert "<script>alert" not in said and 'href="javascript:' not in said, path
        if role is None:
            assert answer.status_code in (302, 401), path
            assert "/-/login" in answer.headers.get("location", "/-/login"), path
        assert answer.status_code < 500 or path not in places, (path, said[:300])


@pytest.mark.parametrize("role", ROLES)
def test_an_address_of_the_desk_opens_for_its_role_and_closes_for_a_lesser_one(desk, store, places, role):
    for path, route in places.items():
        if not route.post:
            answer = ask(desk, store, role, path)
            assert (answer.status_code == 200) == includes(role, route.role), (path, answer.status_code)
            assert answer.status_code in (200, 403), path


def test_a_viewer_sees_the_lists_and_the_questions_but_no_tables_behind_them_and_no_sql(desk, store):
    for view in VIEWS:
        assert ask(desk, store, "viewer", f"/intake/{view}.json").status_code == 200
    for table in hidden_tables():
        for kind in ("", ".json", ".csv"):
            assert ask(desk, store, "viewer", f"/intake/{table}{kind}").status_code == 403, table
    assert ask(desk, store, "viewer", "/intake.json?sql=select+1", follow_redirects=True).status_code == 403
    assert ask(desk, store, "viewer", "/intake/project_list.json?_where=1").status_code in (400, 403)
    assert ask(desk, store, "reviewer", "/intake.json?sql=select+1", follow_redirects=True).status_code == 200


def test_datasettes_pages_about_itself_are_for_who_manages(desk, store):
    for role in ("viewer", "reviewer"):
        for name in ABOUT_ITSELF:
            assert ask(desk, store, role, f"/-/{name}").status_code == 403, name
    assert ask(desk, store, "admin", "/-/versions").status_code == 200


@pytest.mark.parametrize("role", [None, *ROLES])
def test_nothing_is_done_without_the_token_of_the_form(desk, store, places, role):
    before = len(store.history())
    for path, route in places.items():
        if route.post:
            form = {"do": "decide", "decision": "passed", "version": "0"}
            for sent in ({"data": form}, {"json": form}, {"data": form, "files": {"file": ("a.docx", b"a")}}):
                assert ask(desk, store, role, path, "POST", **sent).status_code in (401, 403), path
    assert len(store.history()) == before


def token_of(desk, store, role, path="/-/queue") -> str:
    """What the forms of a page carry."""
    return re.search(r'name="csrftoken" value="([^"]+)"', ask(desk, store, role, path).text)[1]


@pytest.mark.parametrize("role", ROLES)
def test_the_token_of_somebody_else_or_a_page_of_another_site_does_nothing(desk, store, places, role):
    form = {"do": "decide", "decision": "passed", "version": "0"}
    others, mine = ({"csrftoken": token_of(desk, store, who)} for who in (next(one for one in ROLES if one != role), role))
    for path, route in places.items():
        for token, headers in ((others, {}), *((mine, {"Sec-Fetch-Site": site}) for site in ("cross-site", "same-site"))):
            if route.post:
                for files in ({}, {"file": ("a.docx", b"a")}):
                    answer = ask(desk, store, role, path, "POST", data=form | token, files=files, headers=headers)
                    assert answer.status_code == 403 and "set-cookie" not in answer.headers, (path, headers)
    assert store.history() == ()


@pytest.mark.parametrize("role", ROLES)
def test_datasettes_own_addresses_take_nothing_whatever_is_shown_with_it(desk, store, role):
    token = token_of(desk, store, role)
    for path in WRITING:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for sent in ({"data": {"csrftoken": token}}, {"json": {"rows": [{}], "sql": "delete from part"}}):
                answer = ask(desk, store, role, path, method, headers={"Sec-Fetch-Site": "same-origin"}, **sent)
                assert answer.status_code == 403, (path, method)


def test_a_viewer_with_a_good_token_still_does_nothing(desk, store, places):
    token = token_of(desk, store, "viewer")
    for path, route in places.items():
        if route.post and route.role != "viewer":
            form = {"csrftoken": token, "do": "note", "reason": "x", "version": "0"}
            assert ask(desk, store, "viewer", path, "POST", data=form).status_code == 403, path
    assert store.history() == ()


@pytest.mark.parametrize("role", ROLES)
def test_who_leaves_by_the_form_is_out(desk, store, role):
    answer = ask(desk, store, role, "/-/leave", "POST", data={"csrftoken": token_of(desk, store, role)})
    assert (answer.headers["location"], "Max-Age=0" in answer.headers["set-cookie"]) == ("/-/login", True)
    assert "set-cookie" not in ask(desk, store, role, "/-/leave").headers


def test_a_csv_of_any_spelling_holds_no_formula(desk, store):
    for kind in (".csv", "?_format=csv", "?_format=%63sv", ".csv?_stream=1", ".csv?_dl=1"):
        answer = ask(desk, store, "reviewer", f"/intake/field_list{kind}")
        if "csv" in answer.headers["content-type"] or "plain" in answer.headers["content-type"]:
            assert not re.search(r'(^|,|\n)"?[=+@]', answer.text.lstrip("\ufeff")), kind


def test_pictures_are_covered_where_an_id_number_is_read_or_may_stand(desk, store, places):
    path = next(path for path in places if path.endswith("/2.jpg"))
    answer = ask(desk, store, "viewer", path)
    image = pixels(answer)
    assert image(ID_BOX.x0 + 0.01, 0.315) == pytest.approx(COVER, abs=8) and image(0.3, 0.81) == pytest.approx(COVER, abs=8)
    assert image(0.05, 0.95) == pytest.approx((255, 255, 255), abs=8)
    marks = ask(desk, store, "viewer", path.replace(".jpg", ".json")).json()
    assert len(marks["seals"]) == 1 and len(marks["covers"]) == 2


def pixels(answer):
    from PIL import Image

    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    return lambda x, y: image.getpixel((int(x * image.width), int(y * image.height)))


def test_a_picture_of_another_projects_file_or_of_a_page_that_was_not_read_is_not_given(desk, store, places):
    path = next(path for path in places if path.endswith("/2.jpg"))
    for wrong in (path.replace("/2.jpg", "/9.jpg"), re.sub(r"[0-9a-f]{64}", "0" * 64, path), path.replace("/-/project/p", "/-/project/q")):
        assert ask(desk, store, "admin", wrong).status_code == 404


def test_a_download_is_saved_never_shown(desk, store, places):
    path = next(path for path in places if path.startswith("/-/file/"))
    answer = ask(desk, store, "reviewer", path)
    assert answer.headers["content-disposition"].startswith("attachment") and answer.headers["content-type"] == "application/octet-stream"
    assert EVIL.encode() in answer.content


def test_full_values_are_shown_to_whom_the_role_allows_for_a_reason_and_leave_a_line(desk, store, places):
    address = next(path for path in places if re.fullmatch(r"/-/project/[^/]+", path))
    token = token_of(desk, store, "reviewer", address)
    empty = ask(desk, store, "reviewer", f"{address}/act", "POST", data={"csrftoken": token, "do": "reveal", "reason": " "})
    assert empty.status_code == 400 and store.history() == ()
    asked = ask(desk, store, "reviewer", f"{address}/act", "POST", data={"csrftoken": token, "do": "reveal", "reason": "核对身份证"})
    leave = re.search(r"wuxiao_show=([^;]+)", asked.headers["set-cookie"])
    assert "HttpOnly" in asked.headers["set-cookie"] and f"Path={address}" in asked.headers["set-cookie"]
    shown = ask(desk, store, "reviewer", address, more={"wuxiao_show": leave[1].strip('"')})
    assert ID in shown.text
    line = store.history()[-1]
    assert (line.action, line.actor, line.reason) == ("reveal", "王审核", "核对身份证")
    for role in ("viewer", "admin"):
        assert ID not in ask(desk, store, role, address, more={"wuxiao_show": leave[1].strip('"')}).text
    picture = f"{address}/page/{re.search('[0-9a-f]{64}', next(p for p in places if '.jpg' in p))[0]}/2.jpg"
    uncovered = pixels(ask(desk, store, "reviewer", picture, more={"wuxiao_show": leave[1].strip('"')}))
    assert uncovered(ID_BOX.x1 - 0.01, 0.315) == pytest.approx((16, 16, 16), abs=12)


def test_the_letters_and_lists_speak_of_a_person_only_masked(desk, store):
    text = json.dumps(ask(desk, store, "viewer", "/intake/field_list.json?_shape=objects&_size=max").json(), ensure_ascii=False)
    assert PERSON["mobile"] in text and "3211**********487X" in text
