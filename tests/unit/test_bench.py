import pytest

from tests.bench.figures import Level, Spread, percentile, ratios, rows
from tests.bench.messages import TURNS, bare, questions_only, same_mix
from tests.bench.table import measurements, number, ratio_lines, spread, table

BASE, OURS = "bare", "ours"


def level(load: str, per_second: float, p95_ms: float, citizens: int = 1) -> Level:
    return Level(load, citizens, 8, 2, per_second, p95_ms / 2, p95_ms, 1.0)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.95, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.95, 4.0),
        ([float(value) for value in range(1, 101)], 0.95, 95.0),
        ([2.0, 1.0], 0.0, 1.0),
    ],
)
def test_a_percentile_is_one_of_the_values(
    values: list[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


def test_nothing_measured_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_one_bad_round_does_not_move_the_median() -> None:
    assert Spread.of([60, 61, 5]) == Spread(60, 5, 61)


def test_the_rounds_of_a_load_become_one_row_for_each_number_of_citizens() -> None:
    found = rows([level(BASE, 10, 2, 10), level(BASE, 30, 4, 1), level(BASE, 50, 8, 1)])
    assert [(row.citizens, row.messages, row.per_second) for row in found] == [
        (1, 16, Spread(40, 30, 50)),
        (10, 8, Spread(10, 10, 10)),
    ]


def test_the_share_of_actions_is_over_all_rounds() -> None:
    assert rows([level(BASE, 1, 1), level(BASE, 1, 1)])[0].action_share == 0.25


def test_ratios_compare_the_medians_at_the_same_number_of_citizens() -> None:
    measured = rows(
        [level(BASE, 50, 20), level(OURS, 100, 30), level(BASE, 80, 4, 10), level(OURS, 40, 2, 10)]
    )
    found = [(ratio.citizens, ratio.throughput, ratio.p95) for ratio in ratios(measured, BASE)]
    assert found == [(1, 2.0, 1.5), (10, 0.5, 0.5)]


def test_the_baseline_is_not_compared_with_itself() -> None:
    assert ratios(rows([level(BASE, 50, 20)]), BASE) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.01234, "0.0123"), (1.5, "1.5"), (61.27, "61.3"), (100.4, "100"), (2048.0, "2048")],
)
def test_a_number_is_shown_by_the_digits_that_matter(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_spread_shows_the_median_and_both_ends() -> None:
    assert spread(Spread(61.25, 58, 130)) == "61.2 (58–130)"


def test_the_columns_of_a_table_line_up() -> None:
    assert table(("", "n"), [("one", "5"), ("two more", "250")]) == (
        "            n\n"
        "one         5\n"
        "two more  250"
    )  # fmt: skip


def test_each_load_has_its_line_with_the_share_of_actions() -> None:
    shown = measurements(rows([level(BASE, 50, 20)])).splitlines()
    assert len(shown) == 2
    assert " ".join(shown[1].split()) == ("bare 1 50 (50–50) 10 (10–10) 20 (20–20) 1 (1–1) 25%")


def test_a_ratio_line_names_the_load_and_the_baseline() -> None:
    measured = rows([level(BASE, 50, 20), level(OURS, 100, 30)])
    shown = ratio_lines(ratios(measured, BASE), BASE).splitlines()
    assert shown[0].startswith("ours / bare")
    assert shown[1].split() == ["ours", "1", "2.00", "1.50"]


@pytest.mark.parametrize("talks", [bare(), same_mix(), questions_only()])
def test_every_conversation_is_as_long(talks: list[list[str]]) -> None:
    assert {len(talk) for talk in talks} == {TURNS}


def test_the_questions_are_the_same_in_every_run() -> None:
    assert questions_only() == questions_only()


def test_no_place_for_a_question_is_left_empty() -> None:
    assert not [text for talk in same_mix() for text in talk if text == "?"]
