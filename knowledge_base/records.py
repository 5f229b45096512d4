"""The procedures of an index on disk, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
import orjson

from knowledge_base.content import FACT_FIELDS
from knowledge_base.procedure import Difference, Fact, Procedure

FILE = "procedures.jsonl"
STARTS = "procedures.npy"
_KEPT = 2_000
"""Procedures kept in memory once read."""


class Records(Sequence[Procedure]):
    """The procedures in the order of the index."""

    def __init__(self, folder: Path) -> None:
        self._lines = np.memmap(folder / FILE, dtype=np.uint8, mode="r")
        self._starts = np.load(folder / STARTS)
        self._read = lru_cache(_KEPT)(self._read_from_disk)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Procedure: ...
    @overload
    def __getitem__(self, place: slice) -> list[Procedure]: ...
    def __getitem__(self, place: int | slice) -> Procedure | list[Procedure]:
        if isinstance(place, slice):
            return [self._read(one) for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self._read(int(place))

    def __iter__(self) -> Iterator[Procedure]:
        return map(self._read_from_disk, range(len(self)))

    def _read_from_disk(self, place: int) -> Procedure:
        start, end = self._starts[place : place + 2]
        return _restore(orjson.loads(self._lines[start:end].tobytes()))


def write(procedures: Iterable[Procedure], folder: Path) -> None:
    """Writes the procedures and where each begins."""
    starts = [0]
    with (folder / FILE).open("wb") as lines:
        for one in procedures:
            starts.append(
                starts[-1] + lines.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))
            )
    np.save(folder / STARTS, np.array(starts, dtype=np.int64))


def _restore(data: dict[str, Any]) -> Procedure:
    for name in FACT_FIELDS:
        data[name] = tuple(
            Fact(**{**item, "when": tuple(item["when"]), "registry": tuple(item["registry"])})
            for item in data[name]
        )
    data["checked"] = date.fromisoformat(data["checked"])
    data["names"] = {language: tuple(names) for language, names in data["names"].items()}
    data["corrected"] = tuple((language, text) for language, text in data["corrected"])
    data["related"] = tuple(data["related"])
    data["differences"] = tuple(
        Difference(item["why"], tuple(item["evidence"]), item["title"])
        for item in data["differences"]
    )
    return Procedure(**data)
