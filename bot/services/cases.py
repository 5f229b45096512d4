"""Help cases: what a citizen refers to when a person takes over."""

from __future__ import annotations

import re
import secrets
from typing import Protocol

from stdnum.iso7064 import mod_11_10

_ATTEMPTS = 10


class CaseStore(Protocol):
    """Where cases are kept."""

    def add_case(self, number: str, conversation_id: str, kind: str) -> bool:
        """Keeps a case; false where the number is taken."""


class Cases:
    """Opens help cases.

    A number is eight digits, the last a check digit by ISO 7064 MOD 11,10, which finds every single
    wrong digit and nearly all transpositions. It is written in two groups of four, to be read out.
    """

    def __init__(self, store: CaseStore) -> None:
        self._store = store

    def open(self, kind: str, conversation_id: str) -> str:
        """Keeps a new case and returns its number, such as `4821 7360`.

        Args:
            kind: what it is about, in one word (`person`, `technical`).
            conversation_id: the conversation it came from.

        Raises:
            Unavailable: the store cannot keep it now.
        """
        for _ in range(_ATTEMPTS):
            body = str(secrets.randbelow(9_000_000) + 1_000_000)
            number = body + mod_11_10.calc_check_digit(body)
            if self._store.add_case(number, conversation_id, kind):
                return f"{number[:4]} {number[4:]}"
        raise RuntimeError("no free case number was found")


def parse_number(text: str) -> str | None:
    """The eight digits of a case number as people write it; `None` where the check digit fails."""
    digits = re.sub(r"[\s.-]", "", text)
    well_formed = len(digits) == 8 and digits.isascii() and digits.isdigit()
    return digits if well_formed and mod_11_10.is_valid(digits) else None
