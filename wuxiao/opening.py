"""Opens the house: settings, campaign, store, workers; and closes it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.originals import Originals
from pipeline.owner import Owner
from pipeline.pages import PageImages
from pipeline.process import House
from pipeline.sandbox import Sandbox
from pipeline.worker import Workers
from profiles.load import load_profile
from profiles.profile import Profile
from store.database import Store
from wuxiao.settings import load_settings
from wuxiao.working import remote_hands


def load_campaign(data: Path) -> Profile:
    """The profile that the data folder's settings name. Raises SettingsError or ProfileError."""
    return load_profile(load_settings(data).profile)


@contextmanager
def open_house(data: Path, scheduler: str = "") -> Iterator[House]:
    """Everything the flow needs, on the data folder `data` (made when missing); messages are read by the machines that meet at `scheduler`
    ("": by this one). Raises the errors of store, settings and profile, UsageError for a scheduler that cannot be meant."""
    data = data.resolve()
    settings = load_settings(data)
    profile = load_profile(settings.profile)
    store = Store.open(data, profile)
    originals = Originals(data / "originals")
    originals.make()
    owner = Owner(data / "owners")
    sandbox = Sandbox(data, owner.name)
    sandbox.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    workers = Workers(sandbox, settings.workers, settings.limits())
    hands = remote_hands(data, scheduler) if scheduler else None
    try:
        yield House(store, originals, PageImages(data / "pages"), workers, profile, owner, hands)
    finally:
        if hands is not None:
            hands.close()
        workers.close()
        store.close()
        owner.close()
