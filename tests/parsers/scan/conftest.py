"""One engine for all tests of the room: loading it takes a second."""

import pytest

from parsers.scan.engine import load_engine


@pytest.fixture(scope="session")
def engine():
    return load_engine()
