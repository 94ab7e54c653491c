"""A progress bar on stderr where there is something to wait for; plain lines where there is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Yields a function to call after each of `total` steps."""
    console = Console(stderr=True)
    if total == 0:
        yield lambda: None
        return
    if not console.is_terminal:
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            sys.stderr.write(f"{title} {done}/{total}\n")

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)
