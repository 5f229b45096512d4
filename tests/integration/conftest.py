"""Fixtures: front doors over a scripted engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from citizens import Citizen, FrontDoor, Opener


@pytest.fixture
async def open_door(tmp_path: Path) -> AsyncIterator[Opener]:
    opener = Opener(tmp_path)
    yield opener
    await opener.close()


@pytest.fixture
async def door(open_door: Opener) -> FrontDoor:
    return await open_door()


@pytest.fixture
async def citizen(door: FrontDoor) -> Citizen:
    return await door.citizen(language="el")
