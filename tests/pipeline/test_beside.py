"""What is worked beside what: scans wait for OCR, and nothing else waits for them."""

import threading

import pytest

from errors import StoreError
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers, WorkLimits

SCANS = ("a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf")


@pytest.fixture
def workers(tmp_path):
    workers = Workers(Sandbox(tmp_path, "me"), 1, WorkLimits())
    yield workers
    workers.close()


def is_scan(name):
    return name in SCANS


def test_other_files_are_read_while_all_scans_wait_for_ocr(workers):
    word = threading.Event()

    def work(name):
        if not is_scan(name):
            word.set()
        return name, word.wait(10)

    assert list(workers.each(work, [*SCANS, "f.docx"], is_scan)) == [(name, True) for name in (*SCANS, "f.docx")]


def test_when_one_file_ends_the_message_the_files_behind_it_are_not_begun(workers):
    begun, told = [], threading.Event()

    def work(name):
        begun.append(name)
        if name == "a.pdf":
            raise StoreError(why="the disk is full")
        told.wait(10)

    with pytest.raises(StoreError):
        list(workers.each(work, SCANS, is_scan))
    told.set()
    workers._scans.shutdown(wait=True)
    assert len(begun) <= 1 + workers._scans._max_workers
