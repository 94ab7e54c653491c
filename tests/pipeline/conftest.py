"""An office of several machines, and what a single one makes of the same mails."""

import shutil

import pytest

from tests.pipeline.machines import free_port, machines
from tests.pipeline.test_exactly_once import contents, ingest


@pytest.fixture(scope="module")
def alone(small_mailbox, tmp_path_factory):
    data = tmp_path_factory.mktemp("alone")
    assert ingest(small_mailbox, data).wait(timeout=300) == 0
    return contents(data)


@pytest.fixture
def office(tmp_path):
    """Where the mail lies, where all meet, two that work; all with the same keys, as carried by hand."""
    with machines(tmp_path, ["office", "meeting", "one", "two"]) as hosts:
        url = f"tls://{hosts['meeting'].address}:{free_port()}"
        hosts["meeting"].starts("等候", "schedule", "--listen", url)
        for name in ("office", "one", "two"):
            shutil.copytree(hosts["meeting"].data / "cluster", hosts[name].data / "cluster")
        yield hosts, url
