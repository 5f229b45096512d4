"""Numbers, dates and amounts in words, in Greek and English, as they are said aloud.

Greek numerals agree with what they count: «τρεις ημέρες», «τρία ευρώ», «τριών μηνών». The gender is
told from the ending of the word that follows (Holton, Mackridge and Philippaki-Warburton, Greek: A
Comprehensive Grammar, part II, numerals).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Gender = Literal["neuter", "feminine", "masculine", "genitive"]

_UNITS_EL = (
    "μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα", "δέκα",
    "έντεκα", "δώδεκα", "δεκατρία", "δεκατέσσερα", "δεκαπέντε", "δεκαέξι", "δεκαεπτά", "δεκαοκτώ",
    "δεκαεννέα",
)  # fmt: skip
_TENS_EL = (
    "", "", "είκοσι", "τριάντα", "σαράντα", "πενήντα", "εξήντα", "εβδομήντα", "ογδόντα", "ενενήντα",
)  # fmt: skip
_HUNDREDS_EL = (
    "", "", "διακόσι", "τριακόσι", "τετρακόσι", "πεντακόσι", "εξακόσι", "επτακόσι", "οκτακόσι",
    "εννιακόσι",
)  # fmt: skip
_INFLECTED: dict[str, dict[Gender, str]] = {
    "ένα": {"feminine": "μία", "masculine": "ένας", "genitive": "ενός"},
    "τρία": {"feminine": "τρεις", "masculine": "τρεις", "genitive": "τριών"},
    "τέσσερα": {"feminine": "τέσσερις", "masculine": "τέσσερις", "genitive": "τεσσάρων"},
    "δεκατρία": {"feminine": "δεκατρείς", "masculine": "δεκατρείς", "genitive": "δεκατριών"},
    "δεκατέσσερα": {
        "feminine": "δεκατέσσερις", "masculine": "δεκατέσσερις", "genitive": "δεκατεσσάρων",
    },
}  # fmt: skip
_HUNDRED_ENDINGS: dict[Gender, str] = {
    "neuter": "α", "feminine": "ες", "masculine": "οι", "genitive": "ων",
}  # fmt: skip
_THOUSAND_EL: dict[Gender, str] = {
    "neuter": "χίλια", "feminine": "χίλιες", "masculine": "χίλιοι", "genitive": "χιλίων",
}  # fmt: skip
_MASCULINE = frozenset(("μήνες", "μήνας", "πολίτες", "άνδρες", "άντρες", "μάρτυρες", "φοιτητές"))
_NEUTER = frozenset(("έτος", "μέλος", "μέρος", "τέλος", "ευρώ"))
_MONTHS_EL = (
    "Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου", "Αυγούστου",
    "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου",
)  # fmt: skip
_UNITS_EN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_EN = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_ORDINALS_EN = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_LARGEST = 999_999_999


def greek(number: int, gender: Gender = "neuter") -> str:
    """A whole number from 0 to 999,999,999 in Greek, as it agrees with what it counts.

    Raises:
        ValueError: the number is out of that range.
    """
    if not 0 <= number <= _LARGEST:
        raise ValueError(number)
    millions, rest = divmod(number, 1_000_000)
    thousands, rest = divmod(rest, 1000)
    parts = []
    if millions:
        parts.append("ένα εκατομμύριο" if millions == 1 else f"{greek(millions)} εκατομμύρια")
    if thousands == 1:
        parts.append(_THOUSAND_EL[gender])
    elif thousands:
        parts.append(f"{_below_thousand_el(thousands, 'feminine')} χιλιάδες")
    if rest or not parts:
        parts.append(_below_thousand_el(rest, gender))
    return " ".join(parts)


def _below_thousand_el(number: int, gender: Gender) -> str:
    hundreds, rest = divmod(number, 100)
    parts = []
    if hundreds == 1:
        parts.append("εκατόν" if rest else "εκατό")
    elif hundreds:
        stem, ending = _HUNDREDS_EL[hundreds], _HUNDRED_ENDINGS[gender]
        parts.append(_unstressed(stem) + "ίων" if gender == "genitive" else stem + ending)
    if rest >= 20:
        parts.append(_TENS_EL[rest // 10])
        rest %= 10
    if rest or not (hundreds or number):
        unit = _UNITS_EL[rest]
        parts.append(_INFLECTED.get(unit, {}).get(gender, unit))
    return " ".join(parts)


def _unstressed(hundred: str) -> str:
    """The stem of «διακόσια» before «-ίων»: the accent moves to the ending."""
    return hundred.replace("όσι", "οσ")


def english(number: int) -> str:
    """A whole number from 0 to 999,999,999 in English.

    Raises:
        ValueError: the number is out of that range.
    """
    if not 0 <= number <= _LARGEST:
        raise ValueError(number)
    for size, name in ((1_000_000, "million"), (1000, "thousand")):
        if number >= size:
            head, rest = divmod(number, size)
            joint = " and " if 0 < rest < 100 else " "
            return f"{english(head)} {name}" + (f"{joint}{english(rest)}" if rest else "")
    hundreds, rest = divmod(number, 100)
    parts = [f"{_UNITS_EN[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        unit = f"-{_UNITS_EN[rest % 10]}" if rest % 10 else ""
        parts.append(_TENS_EN[rest // 10] + unit)
    elif rest or not hundreds:
        parts.append(_UNITS_EN[rest])
    return " and ".join(parts)


def _ordinal_en(number: int) -> str:
    head, dash, last = english(number).rpartition("-")
    ordinal = _ORDINALS_EN.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head}{dash}{ordinal}"


def _year_en(year: int) -> str:
    century, rest = divmod(year, 100)
    if not 1100 <= year <= 2099 or 2000 <= year <= 2009 or not rest:
        return english(year)
    return f"{english(century)} {'oh ' if rest < 10 else ''}{english(rest)}"


_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2}(?!\d))?"
"""As Greeks write it, «1.200,50», or as the English do."""
_DECIMALS = re.compile(r"[.,](?=\d{1,2}$)")
_DATE = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DATE_EL = re.compile(rf"\b(\d{{1,2}})(?:η|ης)?\s+({'|'.join(_MONTHS_EL)})(?:\s+(\d{{4}})\b)?")
_DATE_EN = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS_EN)})(?:\s+(\d{{4}})\b)?")
_MONEY = re.compile(rf"(?:€\s?({_NUMBER})|({_NUMBER})\s?(?:€|ευρώ\b|euros?\b))")
_RANGE = re.compile(rf"({_NUMBER})\s?[–-]\s?(?={_NUMBER})")
_PERCENT = re.compile(rf"({_NUMBER})\s?%")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_PHONE = re.compile(r"(?<!\d)(?:\+?30\s?)?(?:[268]\d{9}|2\d{2}\s?\d{7})(?!\d)")
_PLAIN = re.compile(rf"(?<![\w/.,-])({_NUMBER})(?![\w/]|[.,]\d)(?:(\s+)([^\W\d_]+))?")
_THE_LAW = re.compile(r"(?<![\d/])(\d{1,9})/(\d{4})\b")


def say(text: str, language: str) -> str:
    """The text with its numbers, dates, amounts and telephones in words.

    Parameters:
        language: `el` or `en`; a text in another stays as it is, for its own voice reads digits.
    """
    if language == "el":
        return _Greek().say(text)
    if language == "en":
        return _English().say(text)
    return text


class _Spoken:
    """How one language says what stands in digits; the rules in the order in which they apply."""

    def say(self, text: str) -> str:
        rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_PHONE, self.phone),
            (_ISO_DATE, lambda m: self.date(int(m[3]), int(m[2]), int(m[1]), m[0])),
            (_DATE, lambda m: self.date(int(m[1]), int(m[2]), int(m[3]), m[0])),
            (self.named_date, self.written_date),
            (_THE_LAW, lambda m: f"{self.whole(int(m[1]))} {self.of} {self.year(int(m[2]))}"),
            (_RANGE, lambda m: f"{m[1]} {self.to} "),
            (_MONEY, lambda m: self.money(m[1] or m[2])),
            (_PERCENT, lambda m: f"{self.number(m[1])} {self.percent}"),
            (_TIME, lambda m: self.time(int(m[1]), int(m[2]))),
            (_PLAIN, self.counted),
        )
        for pattern, replacement in rules:
            text = pattern.sub(replacement, text)
        return text

    named_date: re.Pattern[str]
    months: tuple[str, ...]
    of: str
    to: str
    percent: str
    comma: str

    def whole(self, number: int) -> str:
        raise NotImplementedError

    def year(self, number: int) -> str:
        return self.whole(number)

    def day(self, number: int, month: str) -> str:
        raise NotImplementedError

    def money(self, amount: str) -> str:
        raise NotImplementedError

    def counted(self, match: re.Match[str]) -> str:
        raise NotImplementedError

    def phone(self, match: re.Match[str]) -> str:
        """Digit by digit, in groups with a pause between."""
        digits = re.sub(r"\D", "", match[0])
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        return ", ".join(" ".join(self.whole(int(one)) for one in group) for group in groups)

    def date(self, day: int, month: int, year: int, written: str) -> str:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return written
        return f"{self.day(day, self.months[month - 1])} {self.year(year)}"

    def written_date(self, match: re.Match[str]) -> str:
        day = int(match[1])
        if not 1 <= day <= 31:
            return match[0]
        year = f" {self.year(int(match[3]))}" if match[3] else ""
        return f"{self.day(day, match[2])}{year}"

    def time(self, hour: int, minute: int) -> str:
        return f"{self.hour(hour)} {self.and_} {self.whole(minute)}" if minute else self.hour(hour)

    and_: str

    def hour(self, hour: int) -> str:
        return self.whole(hour)

    def number(self, written: str, gender: Gender = "neuter") -> str:
        whole, cents = _parts(written)
        if cents is None:
            return self.of_gender(whole, gender)
        digits = _DECIMALS.split(written)[1]
        leading = f"{self.whole(0)} " if digits.startswith("0") else ""
        return f"{self.of_gender(whole, gender)} {self.comma} {leading}{self.whole(int(digits))}"

    def of_gender(self, number: int, gender: Gender) -> str:
        return self.whole(number)


class _Greek(_Spoken):
    named_date, months = _DATE_EL, _MONTHS_EL
    of, to, percent, comma, and_ = "του", "έως", "τοις εκατό", "κόμμα", "και"

    def whole(self, number: int) -> str:
        return greek(number)

    def of_gender(self, number: int, gender: Gender) -> str:
        return greek(number, gender)

    def day(self, number: int, month: str) -> str:
        return f"{'πρώτη' if number == 1 else greek(number, 'feminine')} {month}"

    def hour(self, hour: int) -> str:
        return greek(hour, "feminine")

    def money(self, amount: str) -> str:
        whole, cents = _parts(amount)
        if not cents:
            return f"{greek(whole)} ευρώ"
        said = f"{greek(cents)} {'λεπτό' if cents == 1 else 'λεπτά'}"
        return f"{greek(whole)} ευρώ και {said}" if whole else said

    def counted(self, match: re.Match[str]) -> str:
        number, space, noun = match[1], match[2] or "", match[3] or ""
        whole, _ = _parts(number)
        return f"{self.number(number, gender_of(noun, whole))}{space}{noun}"


class _English(_Spoken):
    named_date, months = _DATE_EN, _MONTHS_EN
    of, to, percent, comma, and_ = "of", "to", "per cent", "point", ""

    def whole(self, number: int) -> str:
        return english(number)

    def year(self, number: int) -> str:
        return _year_en(number)

    def day(self, number: int, month: str) -> str:
        return f"the {_ordinal_en(number)} of {month}"

    def time(self, hour: int, minute: int) -> str:
        return f"{english(hour)} {english(minute)}" if minute else f"{english(hour)} o'clock"

    def money(self, amount: str) -> str:
        whole, cents = _parts(amount)
        euros = f"{english(whole)} {'euro' if whole == 1 else 'euros'}"
        if not cents:
            return euros
        said = f"{english(cents)} {'cent' if cents == 1 else 'cents'}"
        return f"{euros} and {said}" if whole else said

    def counted(self, match: re.Match[str]) -> str:
        return f"{self.number(match[1])}{match[2] or ''}{match[3] or ''}"


def _parts(written: str) -> tuple[int, int | None]:
    """The whole, and the hundredths where told."""
    whole, *cents = _DECIMALS.split(written)[:2]
    digits = int(re.sub(r"\D", "", whole))
    return digits, int(cents[0].ljust(2, "0")) if cents else None


def gender_of(noun: str, number: int) -> Gender:
    """How a Greek numeral agrees with the word after it; neuter where nothing tells."""
    word = noun.lower()
    if word in _NEUTER or len(word) < 3:
        return "neuter"
    if word.endswith(("ών", "ων")) or (number == 1 and word.endswith(("ού", "ους"))):
        return "genitive"
    if word in _MASCULINE or word.endswith(("οι", "οί")):
        return "masculine"
    if word.endswith(("ες", "ές", "εις")):
        return "feminine"
    if number == 1 and word.endswith(("α", "ά", "η", "ή")):
        return "feminine"
    if number == 1 and word.endswith(("ας", "ης", "ος", "ός", "ής")):
        return "masculine"
    return "neuter"
