"""Help cases: numbers that can be said, checked and found again."""

from __future__ import annotations

import re

import pytest

from bot.services.cases import Cases, parse_number


class Shelf:
    """Keeps cases in memory; refuses the first `taken` numbers."""

    def __init__(self, taken: int = 0) -> None:
        self.kept: list[tuple[str, str, str]] = []
        self.tried: list[str] = []
        self._taken = taken

    def add_case(self, number: str, conversation_id: str, kind: str) -> bool:
        self.tried.append(number)
        if len(self.tried) <= self._taken:
            return False
        self.kept.append((number, conversation_id, kind))
        return True


def test_a_case_is_kept_under_the_number_that_is_told() -> None:
    shelf = Shelf()
    number = Cases(shelf).open("person", "c1")
    assert shelf.kept == [(number.replace(" ", ""), "c1", "person")]


def test_a_number_is_two_groups_of_four_digits() -> None:
    assert re.fullmatch(r"[1-9]\d{3} \d{4}", Cases(Shelf()).open("person", "c1"))


def test_a_taken_number_is_not_told() -> None:
    shelf = Shelf(taken=2)
    number = Cases(shelf).open("person", "c1")
    assert number.replace(" ", "") == shelf.tried[2]


def test_every_single_wrong_digit_is_found() -> None:
    number = Cases(Shelf()).open("person", "c1").replace(" ", "")
    for place, digit in enumerate(number):
        for wrong in set("0123456789") - {digit}:
            assert parse_number(number[:place] + wrong + number[place + 1 :]) is None


def test_a_number_is_read_however_it_is_written() -> None:
    number = Cases(Shelf()).open("person", "c1")
    digits = number.replace(" ", "")
    assert parse_number(number) == parse_number(f" {digits[:4]}-{digits[4:]} ") == digits


@pytest.mark.parametrize("text", ["", "1234", "abcdefgh", "١٢٣٤٥٦٧٨", "123456789"])
def test_what_is_no_number_is_told_so(text: str) -> None:
    assert parse_number(text) is None
