"""Holds the shipped procedures against the registry's records of the same id.

Every required document of a record must be covered by a document of ours (`registry: [1, 2]`) or
by an explained difference; every document of ours must stand in the record or say why not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge_base.procedure import Procedure


def compare(shipped: list[Procedure], records: Path) -> tuple[list[str], int]:
    """Compares titles and required documents.

    Parameters:
        shipped: the product's own procedures.
        records: JSON lines, one detail record of the registry API a line.

    Returns:
        Unexplained differences, one line each, and how many procedures had a record.
    """
    by_id = {}
    with records.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            by_id[str(record["id"])] = record
    known = [procedure for procedure in shipped if procedure.id in by_id]
    found = [fault for one in known for fault in _differences(one, by_id[one.id])]
    found += [
        f"{one.id}: not in the registry file, and no difference with `title: true` says why"
        for one in shipped
        if one.id not in by_id and not any(item.title for item in one.differences)
    ]
    return found, len(known)


def _differences(procedure: Procedure, record: dict[str, Any]) -> Iterator[str]:
    official = " ".join(record["title"]["el"].split())
    if procedure.official_title != official and not any(d.title for d in procedure.differences):
        yield f"{procedure.id}: official_title is not «{official}»"
    required = {
        int(item["evidence_num_id"]): " ".join(str(item.get("evidence_description", "")).split())
        for item in record["metadata"].get("process_evidences", [])
    }
    covered = {number for fact in procedure.documents for number in fact.registry}
    explained = {number for item in procedure.differences for number in item.evidence}
    for number in sorted(required.keys() - covered - explained):
        yield f"{procedure.id}: required document {number} is missing: «{required[number][:120]}»"
    for number in sorted((covered | explained) - required.keys()):
        yield f"{procedure.id}: the record has no required document {number}"
    for fact in procedure.documents:
        if required and not fact.registry and not fact.why:
            yield f"{procedure.id}: document not in the record: «{fact.text['el']}»"
