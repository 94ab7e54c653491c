"""A review desk over a small store, asked in process through its whole ASGI application."""

from collections.abc import Iterator

import pytest

from review.serve import make_desk
from review.sessions import COOKIE, Sessions
from store.database import Store
from tests.review.browsing import quiet_page, served, started
from tests.store.make import PROFILE, finding, key, open_store, project, read, settle, submission

PASSWORD = "correct horse"


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    read(opened, 1)
    late = finding(rule="late", field=None, of_project=False)
    settle(opened, {key(1): (submission(1, projects=(project(1, name="=HYPERLINK(1)<script>alert(1)</script>"),)), (finding(1), late))})
    opened.accounts.add("王审核", PASSWORD, "reviewer")
    yield opened
    opened.close()


@pytest.fixture
def sessions(store: Store) -> Sessions:
    return Sessions(store.accounts)


@pytest.fixture
def desk(store: Store, sessions: Sessions):
    return make_desk(store, PROFILE, sessions)


@pytest.fixture
def inside(store: Store, sessions: Sessions) -> dict[str, str]:
    """Cookies of someone who is logged in."""
    return {COOKIE: sessions.cookie(store.accounts.get("王审核"))}


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[str]:
    """The address of a filled desk."""
    with served(tmp_path_factory.mktemp("desk") / "data") as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    with started() as browser:
        yield browser


@pytest.fixture
def page(chromium, place):
    with quiet_page(chromium, place) as opened:
        yield opened
