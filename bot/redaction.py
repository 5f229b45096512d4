"""Personal numbers are replaced by typed placeholders before a text is stored or processed.

Check digits tell a personal number from a price, a procedure's id or a law's number: the tax number
(ΑΦΜ), the social-security number (ΑΜΚΑ), IBAN (ISO 13616, mod 97), payment cards (Luhn), telephone
numbers (libphonenumber). The Greek identity card and passport have none and go by their shape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType
from stdnum import iban, luhn
from stdnum.gr import amka, vat

TAX_NUMBER: Final = "[ΑΦΜ]"
SOCIAL_SECURITY: Final = "[ΑΜΚΑ]"
IDENTITY_DOCUMENT: Final = "[ΤΑΥΤΟΤΗΤΑ]"
IBAN: Final = "[IBAN]"
TELEPHONE: Final = "[ΤΗΛΕΦΩΝΟ]"
EMAIL: Final = "[EMAIL]"
CARD: Final = "[ΚΑΡΤΑ]"
NUMBER: Final = "[ΑΡΙΘΜΟΣ]"

Span = tuple[int, int, str]


def redact(text: str) -> str:
    """Return `text` with every personal number replaced by its placeholder, such as `[ΑΦΜ]`.

    Numbers may be written with spaces, dots or dashes, or spoken digit by digit in Greek, Greeklish
    or English. Text without personal numbers comes back unchanged; nothing is ever raised.
    """
    for spans_of in (
        _spoken_spans,
        _spoken_email_spans,
        _email_spans,
        _iban_spans,
        _document_spans,
        _number_spans,
    ):
        text = _replace(text, spans_of(text))
    return text


def _replace(text: str, spans: Iterator[Span]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, placeholder in spans:
        parts += (text[done:start], placeholder)
        done = end
    return "".join((*parts, text[done:])) if parts else text


def _fold_table() -> dict[int, str]:
    """One character to one character, so that positions in folded and original text agree."""
    table = {}
    for code in (*range(0x41, 0x5B), *range(0x370, 0x400), *range(0x1F00, 0x2000)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(base) == 1:
            table[code] = "σ" if base == "ς" else base
    return table


_FOLD: Final = _fold_table()

# --- e-mail ---------------------------------------------------------------------------------------

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_SPOKEN_EMAIL = re.compile(
    r"(?<![\w.-])[\w.-]{1,64} (?:παπακι|papaki|at) [\w-]{1,63}"
    r"(?: (?:τελεια|teleia|dot) [\w-]{2,63}){1,3}"
)


def _email_spans(text: str) -> Iterator[Span]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield (*match.span(), EMAIL)


def _spoken_email_spans(text: str) -> Iterator[Span]:
    folded = text.translate(_FOLD)
    if "τελεια " in folded or "dot " in folded or "teleia " in folded:
        for match in _SPOKEN_EMAIL.finditer(folded):
            yield (*match.span(), EMAIL)


# --- IBAN -----------------------------------------------------------------------------------------

_GREEK_IBAN = r"(?:GR|ΓΡ)[ .-]?\d{2}(?:[ .-]{0,2}\d){23}(?!\d)"
_OTHER_IBAN = r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?!\w)"
_IBAN = re.compile(rf"(?<!\w)(?:(?P<greek>{_GREEK_IBAN})|{_OTHER_IBAN})", re.IGNORECASE)


def _iban_spans(text: str) -> Iterator[Span]:
    if not _HAS_DIGIT(text):
        return
    for match in _IBAN.finditer(text):
        if match["greek"] or iban.is_valid(match[0]):
            yield (*match.span(), IBAN)


# --- identity card and passport -------------------------------------------------------------------

# Cards carry the letters that Greek and Latin writing share; single letters are older.
_LETTER = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧABEZHIKMNOPTYX"
_OLD_LETTER = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩABEZHIKMNOPTYX"
_JOINED = "[-–.]?"
_DOCUMENT = re.compile(
    rf"(?<![\w.])(?:(?P<letters>[{_LETTER}]{{2}}|[{_OLD_LETTER}]){_JOINED}(?P<gap> ?)\d{{6}}"
    rf"|[A-ZΑ-Ω]{{2}}{_JOINED} ?\d{{7}})(?![\w]|[.,]\d)",
    re.IGNORECASE,
)
_LITTLE_WORDS = frozenset(
    re.findall(r"\w+", "ΤΟ ΤΑ ΝΑ ΑΝ ΟΙ ΤΗ ΜΕ ΜΗ ΚΙ ΝΕ ΟΚ ΤΙ NO TO IN ON AN AT IT ME BY MY OK")
)
_DOCUMENT_WORD = re.compile(
    r"(?<!\[)ταυτοτ|α\.?δ\.?τ\b|διαβατηρι|tautot|taftot|diavatiri|\badt\b|\bid\b|identity|passport"
)


def _document_spans(text: str) -> Iterator[Span]:
    if not _HAS_DIGIT(text):
        return
    for match in _DOCUMENT.finditer(text):
        letters = match["letters"]
        certain = not match["gap"] if letters else match[0][:2].isupper()
        if letters and match["gap"] and len(letters) == 2 and letters.isupper():
            certain = letters not in _LITTLE_WORDS
        start = match.start()
        if certain or _DOCUMENT_WORD.search(text.translate(_FOLD), max(0, start - 60), start):
            yield (*match.span(), IDENTITY_DOCUMENT)


# --- numbers in digits ----------------------------------------------------------------------------

_HAS_DIGIT = re.compile(r"\d").search
_SEPARATOR = "[ \u00a0\u202f().\\-\u2013\u2011]"
_AREA_SLASH = r"(?<=\b2\d{2})/(?=\d{7}\b)|(?<=\b2\d{3})/(?=\d{6}\b)"  # 210/1234567
_RUN = re.compile(rf"\(?\+?\(?\d(?:(?:{_SEPARATOR}{{0,3}}|{_AREA_SLASH})\d)*")
_GROUP = re.compile(r"\d+")
_DATE = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d[-./](?:0[1-9]|1[0-2])[-./](?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_PERSONAL_NUMBER = re.compile(r"(?<!\w)[A-ZΑ-Ω0-9]{3}(\d{9})(?!\w)", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?(?:€|ευρω|euro?\b)")
_WORD_OF: Final = {
    TAX_NUMBER: re.compile(
        r"(?<!\[)\b(?:α\.?φ\.?μ|a\.?f\.?m)\b|φορολογικ\w+ μητρωου"
        r"|\b(?:tax|vat) (?:number|id)|\btin\b"
    ),
    SOCIAL_SECURITY: re.compile(r"(?<!\[)\b(?:α\.?μ\.?κ\.?α|a\.?m\.?k\.?a)\b|social security n"),
    CARD: re.compile(r"(?<!\[)\bκαρτα|\bkarta|\bcard\b"),
}
_TYPED_LENGTHS: Final = ((TAX_NUMBER, 9), (SOCIAL_SECURITY, 11), (CARD, 16))
_CARD_PREFIX = re.compile(r"4|5[0-8]|2[2-7]|3[04-9]|6")
_PERSONAL_PHONES = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.VOIP,
    }
)


def _number_spans(text: str) -> Iterator[Span]:
    if not _HAS_DIGIT(text):
        return
    folded = text.translate(_FOLD)
    taken = [match.span() for match in _PERSONAL_NUMBER.finditer(text) if _is_tax_number(match[1])]
    spans = [(start, end, TAX_NUMBER) for start, end in taken]
    taken += [match.span() for match in _DATE.finditer(text)]
    for start, end in _outside(sorted(taken), len(text)):
        for run in _RUN.finditer(text, start, end):
            spans += _spans_in_run(run, folded)
    yield from sorted(spans)


def _outside(taken: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in taken:
        if start > at:
            yield at, start
        at = max(at, end)
    yield at, length


def _spans_in_run(run: re.Match[str], folded: str) -> Iterator[Span]:
    """Read a run of digit groups from the left, the longest personal number at each group first."""
    groups = list(_GROUP.finditer(run.string, *run.span()))
    first = 0
    while first < len(groups):
        last = None
        for last, digits, longest in _windows(groups, first):
            prefix = run.string[run.start() : groups[0].start()] if first == 0 else ""
            start, end = groups[first].start() - len(prefix), groups[last].end()
            if kind := _kind(digits, longest, "+" in prefix, folded, start, end):
                unopened = prefix.startswith("(") and ")" not in run.string[start:end]
                yield start + unopened, end, kind
                break
        else:
            last = first
        first = last + 1


def _windows(groups: list[re.Match[str]], first: int) -> list[tuple[int, str, int]]:
    """Return (last group, digits, longest group) of 8 to 19 digits from `first`, longest first."""
    found = []
    digits, longest = "", 0
    for last in range(first, min(len(groups), first + 19)):
        group = groups[last][0]
        digits, longest = digits + group, max(longest, len(group))
        if len(digits) > 19:
            break
        if len(digits) >= 8:
            found.append((last, digits, longest))
    return found[::-1]


def _kind(
    digits: str, longest_group: int, plus: bool, folded: str, start: int, end: int
) -> str | None:
    if not digits.isascii():
        digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    if plus or digits.startswith("00"):
        return TELEPHONE if _is_international(digits) else None
    kind = _kind_by_check_digit(digits, longest_group)
    if kind == TAX_NUMBER and _MONEY_AFTER.match(folded, end):
        return None
    return kind or _kind_by_word(len(digits), folded, start, end)


def _kind_by_check_digit(digits: str, longest_group: int) -> str | None:
    length = len(digits)
    if length == 9 and _is_tax_number(digits):
        return TAX_NUMBER
    if length == 11 and amka.is_valid(digits):
        return SOCIAL_SECURITY
    if (length == 10 and digits[0] in "26") or (length == 12 and digits.startswith("30")):
        return TELEPHONE if _is_greek_phone(digits) else None
    one_group_or_small = longest_group == length or longest_group <= 6
    if length >= 13 and one_group_or_small and _CARD_PREFIX.match(digits) and luhn.is_valid(digits):
        return CARD
    return None


def _kind_by_word(length: int, folded: str, start: int, end: int) -> str | None:
    """A mistyped number is still personal when the word beside it says what it is."""
    for kind, typed_length in _TYPED_LENGTHS:
        if length == typed_length:
            word = _WORD_OF[kind]
            if word.search(folded, max(0, start - 60), start) or word.search(folded, end, end + 40):
                return kind
    return None


def _is_tax_number(digits: str) -> bool:
    return digits.strip("0") != "" and vat.is_valid(digits)


def _is_greek_phone(digits: str) -> bool:
    number = phonenumbers.PhoneNumber(country_code=30, national_number=int(digits[-10:]))
    return phonenumbers.number_type(number) in _PERSONAL_PHONES


def _is_international(digits: str) -> bool:
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00"))
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


# --- numbers in words -----------------------------------------------------------------------------

_SPOKEN_MINIMUM: Final = 9
_WORD = re.compile(r"\w+")
_LINKS = frozenset(re.findall(r"\w+", "και kai and παυλα paula pavla dash κενο keno τελεια dot"))
_REPEATS: Final = {"double": 2, "triple": 3, "διπλο": 2, "τριπλο": 3}


def _spoken_values() -> dict[str, int]:
    by_value = {
        0: "μηδεν miden zero oh",
        1: "ενα ενασ μια ena mia one",
        2: "δυο dio dyo duo two",
        3: "τρια τρεισ tria three",
        4: "τεσσερα τεσσερισ τεσερα tessera tesera four",
        5: "πεντε pente five",
        6: "εξι εξη exi eksi six",
        7: "επτα εφτα epta efta seven",
        8: "οκτω οχτω okto oxto ohto eight",
        9: "εννεα εννια ενια ennea ennia enia nine",
        10: "δεκα deka ten",
        11: "εντεκα enteka eleven",
        12: "δωδεκα dodeka twelve",
        13: "δεκατρια dekatria thirteen",
        14: "δεκατεσσερα dekatessera fourteen",
        15: "δεκαπεντε dekapente fifteen",
        16: "δεκαεξι δεκαξι dekaexi dekaeksi sixteen",
        17: "δεκαεπτα δεκαεφτα dekaepta dekaefta seventeen",
        18: "δεκαοκτω δεκαοχτω dekaokto dekaoxto eighteen",
        19: "δεκαεννεα δεκαεννια dekaennea dekaennia nineteen",
        20: "εικοσι eikosi ikosi twenty",
        30: "τριαντα trianta thirty",
        40: "σαραντα saranta forty",
        50: "πενηντα peninta fifty",
        60: "εξηντα exinta eksinta sixty",
        70: "εβδομηντα evdominta seventy",
        80: "ογδοντα ogdonta eighty",
        90: "ενενηντα eneninta ninety",
        100: "εκατο εκατον ekato",
        200: "διακοσια diakosia",
        300: "τριακοσια triakosia",
        400: "τετρακοσια tetrakosia",
        500: "πεντακοσια pentakosia",
        600: "εξακοσια eksakosia exakosia",
        700: "επτακοσια εφτακοσια eptakosia eftakosia",
        800: "οκτακοσια οχτακοσια oktakosia oxtakosia",
        900: "εννιακοσια enniakosia",
    }
    return {word: value for value, words in by_value.items() for word in words.split()}


_SPOKEN: Final = _spoken_values()


def _spoken_spans(text: str) -> Iterator[Span]:
    folded = text.translate(_FOLD)
    run: list[re.Match[str]] = []
    for match in (*_WORD.finditer(folded), None):
        if match and _continues(match, run, folded):
            run.append(match)
            continue
        if len(run) > 2 and (span := _spoken_span(run, folded)):
            yield span
        run = [match] if match and _says_digits(match[0]) else []


def _says_digits(word: str) -> bool:
    return word in _SPOKEN or word in _REPEATS or (word.isdecimal() and word.isascii())


def _continues(match: re.Match[str], run: list[re.Match[str]], folded: str) -> bool:
    if not run or (match[0] not in _LINKS and not _says_digits(match[0])):
        return False
    between = folded[run[-1].end() : match.start()]
    return len(between) <= 3 and not between.strip(" ,.-\n")


def _spoken_span(run: list[re.Match[str]], folded: str) -> Span | None:
    while run[-1][0] in _LINKS:
        run = run[:-1]
    if sum(match[0] in _SPOKEN for match in run) < 3:
        return None
    digits = _digits_of([match[0] for match in run if match[0] not in _LINKS])
    if len(digits) < _SPOKEN_MINIMUM:
        return None
    start, end = run[0].start(), run[-1].end()
    kind = _kind(digits, len(digits), False, folded, start, end) or NUMBER
    return start, end, kind


def _digits_of(words: list[str]) -> str:
    """«εξακόσια ενενήντα επτά, μηδέν» gives 6970; "double seven" gives 77."""
    numbers: list[str] = []
    room = 1  # a following number word smaller than this joins the number being spoken
    repeat = 1
    for word in words:
        if word in _REPEATS:
            repeat, room = _REPEATS[word], 1
            continue
        value = _SPOKEN.get(word)
        if value and value < room:
            numbers[-1] = str(int(numbers[-1]) + value)
        else:
            numbers += [word if value is None else str(value)] * repeat
        repeat = 1
        room = 1 if value is None or value % 10 or not value else 100 if value >= 100 else 10
    return "".join(numbers)
