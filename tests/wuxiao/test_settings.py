"""Settings: defaults, the folder's file, the environment before it; what cannot be meant is refused by name."""

import pytest

from errors import SettingsError
from wuxiao.settings import Settings, load_settings


@pytest.fixture
def told(tmp_path, monkeypatch):
    """The settings of a folder with this `settings.toml` under this environment."""

    def load(text: str | None = None, **environment: str) -> Settings:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        if text is not None:
            (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
        return load_settings(tmp_path)

    return load


def test_the_environment_goes_before_the_file_and_the_file_before_what_is_built_in(told):
    settings = told("attempts = 7\npoll_seconds = 60\n", WUXIAO_POLL_SECONDS="90", WUXIAO_DATA="/elsewhere")
    assert (settings.attempts, settings.poll_seconds, settings.lease_seconds) == (7, 90, Settings().lease_seconds)


@pytest.mark.parametrize(("text", "named"), [("attemps = 3", "attemps"), ("attempts = 0", "attempts"), ("attempts = ", "settings.toml")])
def test_what_cannot_be_meant_is_refused_by_its_name(told, text, named):
    with pytest.raises(SettingsError) as refused:
        told(text)
    assert named in str(refused.value)
