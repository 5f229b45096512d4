"""Settings: what is read, what is refused, what is documented."""

from __future__ import annotations

import re
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = [setting.metadata["name"] for setting in fields(Settings)]


def test_without_variables_the_front_door_listens_on_this_machine_alone() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_environment({"PORT": "  "}).port == 8080


def test_each_kind_of_value_is_read() -> None:
    settings = Settings.from_environment(
        {
            "ARIADNE_HOME": "/srv/ariadne",
            "PORT": "9000",
            "ARIADNE_TURN_DEADLINE_S": "2.5",
            "ARIADNE_ALLOWED_ORIGINS": "https://a.gr, https://b.gr",
            "ARIADNE_UNLIMITED_NETWORKS": "10.0.0.0/8",
        }
    )
    assert settings.home == Path("/srv/ariadne")
    assert settings.port == 9000
    assert settings.turn_deadline_s == 2.5
    assert settings.allowed_origins == ("https://a.gr", "https://b.gr")
    assert settings.unlimited_networks == (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("ARIADNE_TURN_DEADLINE_S", "0"),
        ("ARIADNE_TURN_DEADLINE_S", "nan"),
        ("ARIADNE_ADDRESS_RATE", "-1"),
        ("ARIADNE_LANGUAGE", "xx"),
        ("ARIADNE_UNLIMITED_NETWORKS", "here"),
        ("ARIADNE_RETENTION_DAYS", "0"),
    ],
)
def test_a_value_that_does_not_fit_is_one_plain_line(name: str, value: str) -> None:
    with pytest.raises(SettingError) as raised:
        Settings.from_environment({name: value})
    line = str(raised.value)
    assert line.startswith((f"{name} must be a", f"{name} must be one of"))
    assert repr(value) in line
    assert "\n" not in line


def test_the_database_lies_in_the_home_unless_set(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).database_url == f"sqlite:///{tmp_path / 'ariadne.db'}"
    assert Settings(database="postgresql://x/y").database_url == "postgresql://x/y"


@pytest.mark.parametrize("setting", fields(Settings), ids=NAMES)
def test_every_setting_is_documented_with_its_default(setting) -> None:
    name, default = setting.metadata["name"], setting.metadata["default"]
    shown = f"`{default}`" if default else "(empty)"
    row = f"| `{name}` | {shown} | {setting.metadata['description']} |"
    assert row in (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    example = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert f"# {name}={default}" in example


def test_nothing_is_documented_that_is_no_setting() -> None:
    documented = re.findall(
        r"^\| `(\w+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert documented == NAMES
