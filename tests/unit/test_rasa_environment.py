"""The environment of Rasa's processes."""

from pathlib import Path

import pytest

from bot.rasa.environment import environment


def test_a_lock_outlasts_the_longest_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TICKET_LOCK_LIFETIME", raising=False)
    assert environment(tmp_path, turn_s=2.5)["TICKET_LOCK_LIFETIME"] == "13"


def test_locks_are_in_memory_unless_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "HOST", "PORT", "PASSWORD"):
        monkeypatch.delenv(f"ARIADNE_LOCK_{name}", raising=False)
    assert environment(tmp_path)["ARIADNE_LOCK_STORE"] == "in_memory"
    monkeypatch.setenv("ARIADNE_LOCK_PORT", "6380")
    assert environment(tmp_path)["ARIADNE_LOCK_PORT"] == "6380"
