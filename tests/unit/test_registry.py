from pathlib import Path
from typing import Any

import pytest

from knowledge_base import registry
from knowledge_base.registry import Registry, RejectedRecordError


def record(number: str = "100001", **metadata: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": {"el": "Έκδοση  βεβαίωσης &amp; αντιγράφου"},
        "last_updated": "2024-05-10 14:56:14",
        "metadata": metadata,
    }


def test_spaces_and_html_entities_of_a_title_are_mended() -> None:
    assert registry.procedure(record()).official_title == "Έκδοση βεβαίωσης & αντιγράφου"


def test_latin_letters_in_a_greek_word_are_mended() -> None:
    wrong = {**record(), "title": "Xορήγηση άδειας"}
    assert registry.procedure(wrong).official_title == "Χορήγηση άδειας"


def test_a_text_may_be_a_string_or_an_object() -> None:
    read = registry.procedure(
        record(process_evidences=[{"evidence_num_id": 1, "evidence_type": {"title": {"el": "Φ"}}}])
    )
    assert read.documents[0].text == {"el": "Φ"}


def test_an_iso_duration_is_said_in_words() -> None:
    read = registry.procedure(record(process={"estimated_implementation_time": "P1M10D"}))
    assert read.time[0].text == {"el": "1 μήνας 10 ημέρες", "en": "1 month 10 days"}


def test_a_range_of_cost_is_shown_as_one() -> None:
    read = registry.procedure(record(process={"cost_min": "5", "cost_max": 84.4}))
    assert read.cost[0].text["el"] == "5 – 84,40 €"


def test_missing_fields_leave_the_record_usable() -> None:
    read = registry.procedure({**record(), "metadata": {}})
    assert (read.documents, read.cost, read.checked.isoformat()) == ((), (), "2024-05-10")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "no id"),
        ({"title": {}}, "no Greek title"),
        ({"title": {"el": "  "}}, "no Greek title"),
        ({"last_updated": None}, "no date of last update"),
    ],
)
def test_an_unusable_record_is_rejected_with_the_reason(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    report = Registry(tmp_path).replace([record(), {**record("100002"), **change}])
    assert [item["reason"] for item in report.rejected] == [reason]


def test_a_second_sync_tells_new_changed_and_retired(tmp_path: Path) -> None:
    kept = Registry(tmp_path)
    kept.replace([record("100001"), record("100002"), record("100003")])
    changed = {**record("100002"), "title": {"el": "Άλλος τίτλος"}}
    report = kept.replace([record("100001"), changed, record("100004")])
    assert (report.unchanged, report.changed, report.new, report.retired) == (1, 1, 1, 1)


def test_a_duplicate_id_is_kept_once(tmp_path: Path) -> None:
    report = Registry(tmp_path).replace([record(), record()])
    assert (report.new, report.rejected[0]["reason"]) == (1, "duplicate id")


def test_an_empty_listing_leaves_what_was_kept(tmp_path: Path) -> None:
    kept = Registry(tmp_path)
    kept.replace([record()])
    with pytest.raises(RejectedRecordError):
        kept.replace([])
    assert len(kept.procedures()) == 1


def test_a_fetch_that_breaks_midway_leaves_what_was_kept(tmp_path: Path) -> None:
    kept = Registry(tmp_path)
    kept.replace([record("100001"), record("100002")])

    def breaking() -> Any:
        yield record("100001")
        raise OSError("the line dropped")

    with pytest.raises(OSError, match="the line dropped"):
        kept.replace(breaking())
    assert len(kept.procedures()) == 2


def test_all_real_records_are_readable(registry_file: Path, tmp_path: Path) -> None:
    report = Registry(tmp_path).replace(registry.read_file(registry_file))
    assert (report.new, report.rejected) == (3377, [])


def test_a_document_is_told_by_its_type_where_its_description_does_not_name_it() -> None:
    read = registry.procedure(
        record(
            process_evidences=[
                {
                    "evidence_type": {"title": {"el": "Βεβαίωση"}},
                    "evidence_description": "Από το Ι.Κ.Α.",
                },
                {
                    "evidence_type": {"title": {"el": "Άδεια"}},
                    "evidence_description": "Άδεια γάμου",
                },
                {"evidence_type": {"title": {"el": "Έγγραφο"}}, "evidence_description": "Σχέδιο"},
            ]
        )
    )
    assert [one.type.get("el") for one in read.documents] == ["Βεβαίωση", None, None]


def test_the_condition_of_a_document_is_taken_apart() -> None:
    said = "Σε περίπτωση συνταξιούχου, απόφαση σύνταξης"
    read = registry.procedure(record(process_evidences=[{"evidence_description": said}]))
    (document,) = read.documents
    assert (document.text["el"], document.condition["el"]) == (
        "Απόφαση σύνταξης",
        "σε περίπτωση συνταξιούχου",
    )


def test_steps_on_the_internet_deadlines_and_whom_it_is_for_are_read() -> None:
    read = registry.procedure(
        record(
            process={"provided_to": ["Πολίτες", "Επιχειρήσεις"], "deadline_duration": "P10D"},
            process_steps_digital=[
                {"step_digital_title": "Είσοδος", "step_digital_url": "https://a.gr"}
            ],
        )
    )
    assert read.eligibility[0].text["el"] == "Πολίτες, Επιχειρήσεις"
    assert read.time[0].text["el"] == "Προθεσμία: 10 ημέρες"
    assert (read.how[0].channel, read.how[0].url) == ("online", "https://a.gr")


def test_a_law_is_named_with_its_gazette_and_what_it_is_about() -> None:
    rule = {
        "rule_type": "Νόμος",
        "rule_decision_number": "4554",
        "rule_decision_year": 2018,
        "rule_article": "30",
        "rule_gazette_doc_number": 130,
        "rule_gazette_doc_issue": "Α",
        "rule_description": "Ρυθμίσεις",
        "rule_ada": "https://www.et.gr/x",
    }
    (law,) = registry.procedure(record(process_rules=[rule])).law
    assert law.text["el"] == "Νόμος 4554/2018, άρθρο 30 (ΦΕΚ Α 130): Ρυθμίσεις"
    assert law.url == "https://www.et.gr/x"
