"""`wuxiao demo`: all of it on the bundled mailbox."""

import sys
from functools import partial
from pathlib import Path

from errors import SourceError
from review.desk.context import Helpers
from review.serve import serve
from texts import say
from wuxiao.intaking import run_ingest
from wuxiao.opening import load_campaign, open_house
from wuxiao.settings import load_settings
from wuxiao.show import print_summary

MAILBOX = Path(__file__).resolve().parent.parent / "fixtures" / "demo"


def run_demo(data: Path | None, *, serve_pages: bool, port: int) -> None:
    """Ingests the mailbox of the project's own into `data` (a folder of its own by default), prints the summary, opens the review page.

    Raises SourceError when the program was installed without its fixtures.
    """
    if not MAILBOX.is_dir():
        raise SourceError(source=MAILBOX, why=say("cli.demo_missing"))
    folder = data or Path("wuxiao-demo")
    with open_house(folder) as house:
        outcome = run_ingest(house, sorted(MAILBOX.glob("*.eml")), None, load_settings(folder))
        print_summary(house.store.status(), outcome, as_json=False)
    sys.stderr.write(say("cli.demo_done", data=folder) + "\n")
    if serve_pages:
        serve(folder, load_campaign(folder), host="127.0.0.1", port=port, helpers=Helpers(partial(open_house, folder)))
