"""`sync` against a server that speaks the registry's API, faults included."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import registry
from knowledge_base.fetch import Manners, RegistryUnreachableError, fetch
from knowledge_base.registry import Registry, Report
from tests.registry_api import Fault, RegistryAPI, serving

HASTY = Manners(per_second=1e6, pause_s=0.0, retries=2, timeout_s=30.0)


def record(number: int, updated: str = "2024-05-10 14:56:14", **metadata: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "title": {"el": f"Διαδικασία {number}"},
        "last_updated": updated,
        "metadata": metadata,
    }


@pytest.fixture
def api() -> Iterator[RegistryAPI]:
    with serving(RegistryAPI([record(number) for number in range(100_001, 100_021)])) as served:
        yield served


@pytest.fixture
def kept(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def sync(api: RegistryAPI, kept: Registry, manners: Manners = HASTY) -> Report:
    return kept.replace(fetch(api.url, kept.records(), kept.progress, manners))


def test_a_first_sync_brings_every_record(api: RegistryAPI, kept: Registry) -> None:
    assert sync(api, kept).new == 20
    assert len(kept.procedures()) == 20


def test_the_whole_real_registry_comes_over_the_api(registry_file: Path, kept: Registry) -> None:
    with serving(RegistryAPI(registry.read_file(registry_file))) as api:
        report = sync(api, kept)
        assert api.asked.count("/services") == 7
    assert (report.new, report.rejected) == (3377, [])


def test_nothing_is_asked_for_again_that_did_not_change(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    api.asked.clear()
    assert sync(api, kept).unchanged == 20
    assert api.details() == []


def test_a_record_updated_since_is_asked_for_again(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    api.asked.clear()
    api.records["100003"] = record(100_003, "2026-01-31 09:00:00")
    assert sync(api, kept).changed == 1
    assert api.details() == ["100003"]
    assert kept.records()["100003"]["last_updated"] == "2026-01-31 09:00:00"


def test_what_the_registry_no_longer_lists_is_retired(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    del api.records["100005"]
    assert sync(api, kept).retired == 1
    assert "100005" not in kept.records()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=503),
        Fault(status=429, headers=(("Retry-After", "0"),)),
        Fault(drops=True),
    ],
    ids=["error", "overload", "too many requests", "dropped line"],
)
@pytest.mark.parametrize("path", ["/services", "/services-extended/100004"])
def test_a_passing_fault_is_tried_again(
    api: RegistryAPI, kept: Registry, fault: Fault, path: str
) -> None:
    api.faults[path] = deque([fault, fault])
    assert sync(api, kept).new == 20


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=404),
        Fault(body=b'{"data": {"id": "1000'),
        Fault(body=b"[]"),
        Fault(body=b'{"success": false}'),
    ],
    ids=["missing", "cut off", "not an object", "no data"],
)
def test_a_detail_that_cannot_be_had_leaves_the_record_kept(
    api: RegistryAPI, kept: Registry, fault: Fault
) -> None:
    sync(api, kept)
    api.records["100004"] = record(100_004, "2026-01-31 09:00:00")
    api.faults["/services-extended/100004"] = deque([fault] * 3)
    assert sync(api, kept).retired == 0
    assert kept.records()["100004"]["last_updated"] == "2024-05-10 14:56:14"


def test_a_detail_never_had_is_reported_with_the_reason(api: RegistryAPI, kept: Registry) -> None:
    api.faults["/services-extended/100004"] = deque([Fault(status=404)])
    report = sync(api, kept)
    assert report.new == 19
    assert [item["id"] for item in report.rejected] == ["100004"]
    assert "404" in report.rejected[0]["reason"]


def test_a_faulty_record_leaves_the_one_kept(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    api.records["100004"] = {**record(100_004, "2026-01-31 09:00:00"), "title": {"el": " "}}
    report = sync(api, kept)
    assert [item["reason"] for item in report.rejected] == ["no Greek title"]
    assert kept.records()["100004"]["title"] == {"el": "Διαδικασία 100004"}


def test_many_missing_details_leave_all_as_it_was(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    for number in list(api.records):
        api.records[number] = record(int(number), "2026-01-31 09:00:00")
        api.faults[f"/services-extended/{number}"] = deque([Fault(status=404)])
    before = kept.path.read_bytes()
    with pytest.raises(RegistryUnreachableError):
        sync(api, kept)
    assert kept.path.read_bytes() == before


def test_a_listing_shorter_than_its_total_changes_nothing(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept)
    del api.records["100005"]
    api.total = 20
    with pytest.raises(RegistryUnreachableError, match="19 of its 20"):
        sync(api, kept)
    assert len(kept.records()) == 20


def test_a_procedure_listed_twice_is_asked_for_once(api: RegistryAPI, kept: Registry) -> None:
    api.listed_twice = ["100001", "100002"]
    assert sync(api, kept).rejected == []
    assert sorted(api.details()) == sorted(api.records)


def test_a_sync_that_was_cut_off_goes_on_where_it_stopped(api: RegistryAPI, kept: Registry) -> None:
    begun = fetch(api.url, {}, kept.progress, HASTY)
    assert len(list(islice(begun, 8))) == 8
    begun.close()
    api.asked.clear()
    assert sync(api, kept).new == 20
    assert not {f"{100_000 + number}" for number in range(1, 8)} & set(api.details())
    assert not kept.progress.exists()


def test_a_line_cut_off_by_a_kill_is_fetched_again(api: RegistryAPI, kept: Registry) -> None:
    kept.progress.parent.mkdir(parents=True)
    kept.progress.write_bytes(b'{"id": "100001", "title": {"e')
    assert sync(api, kept).new == 20


def test_the_kinds_of_documents_are_told_by_name(kept: Registry) -> None:
    raw = record(100_001, process_evidences=[{"evidence_num_id": 1, "evidence_type": 7}])
    with serving(RegistryAPI([raw], codes={7: "Αίτηση"})) as api:
        sync(api, kept)
    assert kept.procedures()[0].documents[0].text == {"el": "Αίτηση"}


def test_no_more_requests_are_under_way_than_is_polite(api: RegistryAPI, kept: Registry) -> None:
    sync(api, kept, Manners(at_once=2, per_second=1e6))
    assert api.most_at_once <= 2


def test_a_registry_that_never_answers_is_given_up(api: RegistryAPI, kept: Registry) -> None:
    api.faults["/services"] = deque([Fault(hangs=True)])
    with pytest.raises(RegistryUnreachableError, match="could not be read"):
        sync(api, kept, Manners(per_second=1e6, retries=0, timeout_s=0.2))


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    with serving(RegistryAPI([])) as api:
        dead = api.url
    ran = subprocess.run(
        [sys.executable, "-m", "knowledge_base", "sync", "--base-url", dead],
        env={"PATH": "", "ARIADNE_HOME": str(tmp_path), "ARIADNE_REGISTRY_RETRIES": "0"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("the registry could not be read")
    assert len(ran.stderr.splitlines()) == 1
