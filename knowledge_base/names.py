"""What people call procedures, and how many ask for them: `names/*.yml`, by official id.

It covers procedures of the registry that do not ship too. `names/<language>.yml` lists under each
id the plain title in that language first, then everyday names; Greek ones are everyday names alone,
for the registry has the title. `names/demand.yml` tells from 1 to 5 how many people ask for it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "names"
_DEMAND = "demand"


@cache
def load() -> dict[str, dict[str, tuple[str, ...]]]:
    """The names by procedure and language."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for path in sorted(FOLDER.glob("*.yml")):
        if path.stem != _DEMAND:
            for procedure_id, names in _read(path).items():
                found[procedure_id][path.stem] = tuple(names)
    return dict(found)


@cache
def demand() -> dict[str, int]:
    """How many people ask for a procedure, 1 to 5, by official id."""
    return _read(FOLDER / f"{_DEMAND}.yml")


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded or {}
