"""Reads the procedures shipped with the product: `content/*.yml`, one file each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from knowledge_base.procedure import Difference, Fact, Procedure

CONTENT = Path(__file__).parent / "content"
SCHEMA = Path(__file__).parent / "content.schema.json"
FACT_FIELDS = ("eligibility", "documents", "cost", "time", "where", "how", "validity", "law")


class ContentError(Exception):
    """A content file that cannot be used; the message has a line `file:line: fault` for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(folder: Path = CONTENT) -> list[Procedure]:
    """Reads and validates every shipped procedure, ordered by id.

    Raises:
        ContentError: naming the file and line of every fault found.
    """
    faults: list[str] = []
    found: dict[str, tuple[Path, Procedure]] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            procedure = _read(path)
        except ContentError as error:
            faults += error.faults
            continue
        if procedure.id in found:
            faults.append(f"{path}:1: id {procedure.id} is also in {found[procedure.id][0].name}")
        found[procedure.id] = path, procedure
    for path, procedure in found.values():
        faults += [
            f"{path}:1: related id {other} is not shipped"
            for other in procedure.related
            if other not in found
        ]
    if faults:
        raise ContentError(faults)
    return [found[key][1] for key in sorted(found)]


def _read(path: Path) -> Procedure:
    text = path.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader without dates
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContentError([f"{path}:{line}: {error.problem}"]) from error
    faults = [
        f"{path}:{_line(node, list(error.absolute_path))}: {_plainly(error)}"
        for error in _validator().iter_errors(data)
    ]
    if faults:
        raise ContentError(faults)
    return _procedure(data)


class _Loader(yaml.CSafeLoader):
    """YAML in which a date stays the text it was written as."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@cache
def _validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def _plainly(error: Any) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    return f"{where}: {error.message}" if where else str(error.message)


def _line(node: Any, path: list[str | int]) -> int:
    """The line in the file of the deepest part of `path` that exists."""
    line = 1
    for step in path:
        node = next(_children(node, step), None)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _children(node: Any, step: str | int) -> Iterator[Any]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for key, value in node.value if key.value == step)
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        yield node.value[step]


def _procedure(data: dict[str, Any]) -> Procedure:
    facts = {name: tuple(_fact(item) for item in data.get(name, ())) for name in FACT_FIELDS}
    return Procedure(
        id=data["id"],
        official_title=data["official_title"],
        title=data["title"],
        link=data["link"],
        checked=date.fromisoformat(data["checked"]),
        summary=data["summary"],
        names={language: tuple(names) for language, names in data["names"].items()},
        corrected=(),
        contrast=data.get("contrast", {}),
        body=data.get("body", {}),
        popularity=data["popularity"],
        shipped=True,
        pays=data.get("pays", False),
        related=tuple(data.get("related", ())),
        differences=tuple(
            Difference(item["why"], tuple(item.get("evidence", ())), item.get("title", False))
            for item in data.get("differences", ())
        ),
        **facts,
    )


def _fact(item: dict[str, Any]) -> Fact:
    return Fact(
        text={"el": item["el"], "en": item["en"]},
        when=tuple(item.get("when", ())),
        channel=item.get("channel"),
        url=item.get("url"),
        registry=tuple(item.get("registry", ())),
        why=item.get("why", ""),
    )
