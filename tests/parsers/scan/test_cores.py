"""Readers share the machine: each may work on every core."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core only")
def test_no_thread_is_bound_to_a_core_while_the_networks_work(engine):
    allowed, seen, over = frozenset(os.sched_getaffinity(0)), set(), threading.Event()

    def look():
        while not over.wait(0.005):
            seen.update(frozenset(os.sched_getaffinity(int(thread.name))) for thread in Path("/proc/self/task").iterdir())

    watch = threading.Thread(target=look)
    watch.start()
    engine.detect(np.full((1600, 1100), 255, np.uint8))
    over.set()
    watch.join()
    assert seen == {allowed}
