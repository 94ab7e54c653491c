"""A watched folder on a share that tells of nothing, or of which no news can be had: it is looked at all the same."""

import threading

import pytest

from intake.folder import FolderWatch
from pipeline.jobs import Shift
from pipeline.watch import FolderSource, Watch
from tests.intake.dovecot import mail
from tests.pipeline.test_watch import PATIENCE, processed, seen, until
from wuxiao.intaking import now
from wuxiao.opening import open_house


def silent(folders, stop, seconds, polling):
    """A share on which another machine writes."""
    stop.wait(seconds)


def exhausted(folders, stop, seconds, polling):
    raise OSError("OS file watch limit reached.")


@pytest.mark.parametrize("hears", [silent, exhausted])
def test_files_on_a_share_without_events_are_found_by_looking(hears, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.watch.wait", hears)
    folder, stop = tmp_path / "in", threading.Event()
    folder.mkdir()
    with open_house(tmp_path / "data") as house:
        source = FolderSource(FolderWatch(folder, 0.2), 0.3)
        running = threading.Thread(target=Watch(house, Shift(1, 600, 3, now), [source], stop, reserve=0).run, daemon=True)
        running.start()
        for number in (1, 2):
            (folder / f"{number}.eml").write_bytes(mail(number))
            until(lambda number=number: processed(tmp_path / "data") == number)
        stop.set()
        running.join(PATIENCE)
    assert sorted(data for data, _ in seen(tmp_path / "data")) == [mail(1), mail(2)]
