"""What a build learns is taken over from the version before where it would learn the same again.

A nightly build changes a few records; who reads aspects and recognises what ships learns nothing
from those, and that takes minutes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol


class Saves(Protocol):
    """Something learnt that writes one file."""

    def save(self, folder: Path) -> None:
        """Writes it to its file in `folder`."""


def learn_once(
    file: str,
    inputs: Iterable[str],
    learn: Callable[[], Saves],
    *,
    folder: Path,
    before: Path | None,
) -> None:
    """Writes `file` of a version: the one of the version before, or learnt anew.

    Parameters:
        file: name of the file that what is learnt saves.
        inputs: all that it is learnt from, the code that learns included.
        folder: of the version being built; `before`: that of the version before.
    """
    digest = hashlib.sha256()
    for text in inputs:
        digest.update(text.encode())
        digest.update(b"\0")
    of = digest.hexdigest()
    mark = f"{file}.of"
    if before is not None and _read(before / mark) == of:
        shutil.copyfile(before / file, folder / file)
    else:
        learn().save(folder)
    (folder / mark).write_text(of, encoding="ascii")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
