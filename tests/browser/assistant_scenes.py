"""What the stub answers, with the content of real answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSPORT = "144400"
SOURCE = {
    "title": "Εθνικό Μητρώο Διοικητικών Διαδικασιών: Έκδοση διαβατηρίου",
    "url": "https://id.mitos.gov.gr/144400",
    "checked": "2024-05-10",
}

CHOICES = {
    "el": ["Έκδοση διαβατηρίου", "Διαβατήριο για ανήλικο", "Διαβατήριο που χάθηκε ή κλάπηκε"],
    "en": ["Passport", "Passport for a child", "Lost or stolen passport"],
}


@dataclass
class Scene:
    """One turn: how the citizen's message is kept, and the replies to it."""

    said: str
    replies: list[dict[str, Any]] = field(default_factory=list)


def greeting(language: str) -> dict[str, Any]:
    """The first message of a conversation."""
    if language == "en":
        return {
            "text": "Hello. Ask me about any public service in Greece, in your own words.",
            "buttons": [{"title": "What can you do?", "payload": "/help"}],
        }
    return {
        "text": "Γεια σας. Ρωτήστε με για κάθε υπόθεσή σας με το Δημόσιο, με δικά σας λόγια.",
        "buttons": [{"title": "Τι μπορώ να ρωτήσω;", "payload": "/help"}],
    }


def scene_for(text: str | None, payload: str | None, language: str) -> Scene:
    """The turn that `text` or `payload` asks for."""
    if payload:
        return _by_payload(payload, language)
    assert text
    words = text.lower()
    for sign, scene in _SIGNS.items():
        if sign in words:
            return scene(text, language)
    return Scene(text, [{"text": f"Λάβαμε: {text}" if language == "el" else f"Received: {text}"}])


def _by_payload(payload: str, language: str) -> Scene:
    if payload.startswith("/choose"):
        return Scene(CHOICES["el"][int(payload[-3])], [_passport(language)])
    if "feedback" in payload:
        return Scene(
            "Κάτι δεν είναι σωστό σε αυτή την απάντηση",
            [{"text": "Τι θέλετε να πείτε στον φορέα;"}],
        )
    if "cost" in payload:
        return Scene("Πόσο κοστίζει;", [_cost(language)])
    return Scene(
        "Τι μπορώ να ρωτήσω;",
        [{"text": "Ρωτήστε, για παράδειγμα: «Τι χρειάζομαι για διαβατήριο;»"}],
    )


def _choices(text: str, language: str) -> Scene:
    question = "Ποιο από αυτά σας ενδιαφέρει;" if language == "el" else "Which of these?"
    return Scene(
        text,
        [
            {
                "text": question,
                "buttons": [
                    {"title": title, "payload": f'/choose{{"procedure":"{PASSPORT}{n}"}}'}
                    for n, title in enumerate(CHOICES[language])
                ],
                "answer": _outcome("clarify", None),
            }
        ],
    )


def _crisis(text: str, language: str) -> Scene:
    reply = (
        "Καλέστε τώρα το 1018. Ειδικοί σας ακούν όλο το εικοσιτετράωρο, δωρεάν. Αν κινδυνεύει ζωή "
        "αυτή τη στιγμή, καλέστε το 112 ή το 166. Δεν είστε μόνοι.\n\n"
        "1018 – Γραμμή Παρέμβασης για την Αυτοκτονία, Κλίμακα\n"
        "112 – Ευρωπαϊκός αριθμός έκτακτης ανάγκης\n"
        "166 – ΕΚΑΒ, ασθενοφόρο"
    )
    return Scene(text, [{"text": reply, "answer": _outcome("crisis", None)}])


def _hostile(text: str, _language: str) -> Scene:
    item = {"text": "<b>bold</b>", "when": "<i>x</i>", "url": "javascript:alert(1)"}
    card = {
        "title": "<script>window.hacked = true</script>",
        "summary": "<img src=x onerror='window.hacked = true'>",
        "sections": [
            {"aspect": "documents", "title": "<u>T</u>", "kind": "checklist", "items": [item]}
        ],
        "focus": "documents",
        "source": {"title": "<b>S</b>", "url": "javascript:alert(1)", "checked": "never"},
    }
    answer = _outcome("answered", "1")
    return Scene(text, [{"text": "<img src=x onerror=1>", "card": card, "answer": answer}])


def _outcome(outcome: str, aspect: str | None) -> dict[str, Any]:
    found = outcome in ("answered", "partly_answered")
    return {
        "outcome": outcome,
        "procedure_id": PASSPORT if found else None,
        "aspect": aspect,
        "sources": [SOURCE] if found else [],
    }


def _item(text: str, when: str | None = None, **more: Any) -> dict[str, Any]:
    return {"text": text, "when": when, "url": None, "channel": None, "language": "el", **more}


def _section(aspect: str, title: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"aspect": aspect, "title": title, "kind": "list", "open": False, "items": items, **more}


WHOLE = "όπως την ορίζει ο νόμος, σε όλο της το μάκρος"
"""What is told of the photograph to who wants the whole text."""
DOCUMENTS = [
    _item("Δελτίο ταυτότητας και ευκρινές φωτοαντίγραφό του"),
    _item("Μία πρόσφατη ψηφιακή φωτογραφία", more=f"Μία πρόσφατη φωτογραφία, {WHOLE}"),
    _item("Αποδεικτικό πληρωμής του ηλεκτρονικού παραβόλου", url="https://www.gov.gr/eparavolo"),
    _item("Το προηγούμενο διαβατήριο", "για ανανέωση"),
    _item("Υπεύθυνη δήλωση συγκατάθεσης και των δύο γονέων", "για ανήλικο"),
    _item("Βεβαίωση της αρχής όπου δηλώσατε την απώλεια", "σε απώλεια"),
]
NEEDED_BY_ALL = [item for item in DOCUMENTS if not item["when"]]


def _card(focus: str) -> dict[str, Any]:
    where = [
        _item(
            "Κλείνετε ραντεβού και καταθέτετε την αίτηση",
            channel="Ηλεκτρονικά",
            url="https://www.passport.gov.gr",
        ),
        _item("Στο αστυνομικό τμήμα ή στο γραφείο διαβατηρίων", channel="Σε υπηρεσία"),
    ]
    steps = [
        _item("Πληρώνετε το ηλεκτρονικό παράβολο."),
        _item("Κλείνετε ραντεβού στο γραφείο διαβατηρίων."),
        _item("Προσέρχεστε αυτοπροσώπως για τα δακτυλικά αποτυπώματα."),
        _item("Παραλαμβάνετε το διαβατήριο με την ταυτότητά σας."),
    ]
    sections = [
        _section("documents", "Τι χρειάζεστε", DOCUMENTS, kind="checklist", open=True),
        _section("cost", "Κόστος", [_item("84,40 ευρώ", "για ενήλικο")]),
        _section("time", "Χρόνος και προθεσμίες", [_item("Έως 5 εργάσιμες ημέρες")]),
        _section("where", "Πού", where),
        _section("how", "Πώς γίνεται", steps, kind="steps"),
        _section("law", "Τι προβλέπει ο νόμος", [_item("Νόμος 3103/2003 (ΦΕΚ Α΄ 23)")]),
    ]
    return {
        "title": "Έκδοση διαβατηρίου",
        "summary": "Εκδίδεται νέο διαβατήριο σε Έλληνες πολίτες κάθε ηλικίας.",
        "sections": sections,
        "focus": focus,
        "source": SOURCE,
    }


def _passport(_language: str) -> dict[str, Any]:
    return {
        "text": "Έκδοση διαβατηρίου.\nΤι χρειάζεστε:\n• Δελτίο ταυτότητας",
        "language": "el",
        "card": _card("documents"),
        "answer": _outcome("answered", "documents"),
        "buttons": [
            {"title": "Πόσο κοστίζει;", "payload": '/ask_aspect{"aspect":"cost"}'},
            {"title": "Πώς γίνεται;", "payload": '/ask_aspect{"aspect":"how"}'},
        ],
    }


def _cost(_language: str) -> dict[str, Any]:
    return {
        "text": "Έκδοση διαβατηρίου.\nΚόστος: 84,40 ευρώ (για ενήλικο)",
        "language": "el",
        "card": _card("cost"),
        "answer": _outcome("answered", "cost"),
    }


def _partly(text: str, _language: str) -> Scene:
    apology = (
        "Για «Έκδοση διαβατηρίου» δεν έχω επιβεβαιωμένη διάρκεια ισχύος. Θα το βρείτε στην επίσημη "
        "σελίδα: https://id.mitos.gov.gr/144400"
    )
    answer = _outcome("partly_answered", "validity")
    return Scene(text, [{"text": apology, "answer": answer, "card": _card("cost")}])


_SIGNS = {
    "διαβατήριο για": lambda text, language: Scene(text, [_passport(language)]),
    "τι χρειάζομαι": lambda text, language: Scene(text, [_passport(language)]),
    "what do i need": lambda text, language: Scene(text, [_passport(language)]),
    "διαβατήριο": _choices,
    "passport": _choices,
    "πόσο ισχύει": _partly,
    "δεν θέλω να ζω": _crisis,
    "<script>": _hostile,
}
