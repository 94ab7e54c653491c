"""A progress bar on stderr where there is something to wait for; plain lines where there is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(title: str, total: int, more: Callable[[], int] = lambda: 0) -> Iterator[Callable[[], None]]:
    """Yields a function to call after each of `total` steps; when they are over, `more` tells how many have come up meanwhile."""
    if total == 0:
        yield lambda: None
        return
    if not sys.stderr.isatty():
        yield _counting(total, more, lambda done, total: sys.stderr.write(f"{title} {done}/{total}\n"))
        return
    from rich.console import Console  # where there is a terminal: it takes a while to load
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
        yield _counting(total, more, lambda done, total: bar.update(task, completed=done, total=total))


def _counting(total: int, more: Callable[[], int], show: Callable[[int, int], object]) -> Callable[[], None]:
    """A function that counts a step and shows how many are done of how many."""
    done = 0

    def step() -> None:
        nonlocal done, total
        done += 1
        if done > total:
            total = done + more()
        show(done, total)

    return step
