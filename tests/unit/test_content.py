from pathlib import Path

import pytest

from knowledge_base import compare, content

GOOD = """\
id: "123456"
official_title: Δοκιμαστική διαδικασία
title: {el: Δοκιμή, en: Trial}
names:
  el: [δοκιμή, δοκιμαστικό]
  en: [trial, test run]
popularity: 2
summary: {el: Μια δοκιμή., en: A trial.}
documents:
  - {el: Ένα χαρτί, en: One paper, registry: [1]}
checked: "2024-05-10"
link: https://id.mitos.gov.gr/123456
"""


def write(folder: Path, text: str, name: str = "trial.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path) -> list[str]:
    with pytest.raises(content.ContentError) as error:
        content.load(folder)
    return error.value.faults


def test_a_good_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (procedure,) = content.load(tmp_path)
    assert procedure.title["en"] == "Trial"
    assert procedure.documents[0].registry == (1,)
    assert procedure.shipped


def test_a_wrong_value_is_reported_with_its_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("popularity: 2", "popularity: 9"))
    assert faults(tmp_path) == [f"{path}:7: popularity: 9 is greater than the maximum of 5"]


def test_a_fault_inside_a_fact_is_reported_on_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("registry: [1]", "when: [sometimes]"))
    assert faults(tmp_path)[0].startswith(f"{path}:10: documents.0.when.0: 'sometimes'")


def test_broken_yaml_is_reported_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("popularity: 2", "popularity: [2"))
    assert faults(tmp_path)[0].startswith(f"{path}:8:")


def test_every_fault_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("link: https", "link: http"), "a.yml")
    write(tmp_path, GOOD.replace('id: "123456"', "id: abc"), "b.yml")
    assert len(faults(tmp_path)) == 2


def test_the_same_id_twice_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.yml")
    write(tmp_path, GOOD, "b.yml")
    assert "is also in a.yml" in faults(tmp_path)[0]


def test_a_day_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("2024-05-10", "2023-02-29"))
    assert "checked" in faults(tmp_path)[0]


def test_the_twenty_ninth_of_february_of_a_leap_year_is_a_day(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("2024-05-10", "2024-02-29"))
    assert content.load(tmp_path)[0].checked.day == 29


def test_a_related_procedure_that_does_not_ship_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, GOOD + 'related: ["999999"]\n')
    assert "related id 999999 is not shipped" in faults(tmp_path)[0]


def test_at_least_sixty_procedures_ship_in_greek_and_english() -> None:
    procedures = content.load()
    assert len(procedures) >= 60
    assert all({"el", "en"} <= set(one.summary) for one in procedures)


def test_shipped_titles_and_documents_agree_with_the_registry(registry_file: Path) -> None:
    unexplained, compared = compare.compare(content.load(), registry_file)
    assert unexplained == []
    assert compared >= 60


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("Δοκιμαστική διαδικασία", "Άλλος τίτλος"), "official_title is not"),
        ((", registry: [1]", ""), "required document 1 is missing"),
        (("registry: [1]", "registry: [1, 7]"), "has no required document 7"),
    ],
)
def test_an_unexplained_difference_from_the_registry_is_told(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    write(tmp_path, GOOD.replace(*change))
    records = tmp_path / "records.jsonl"
    records.write_text(
        '{"id": "123456", "title": {"el": "Δοκιμαστική  διαδικασία"}, "metadata": '
        '{"process_evidences": [{"evidence_num_id": 1, "evidence_description": "Χαρτί"}]}}\n',
        encoding="utf-8",
    )
    unexplained, _ = compare.compare(content.load(tmp_path), records)
    assert any(complaint in line for line in unexplained)
