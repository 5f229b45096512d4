"""A knowledge base of two procedures, for tests of what is built on it."""

from __future__ import annotations

from typing import Any

from knowledge_base import Answer, Choice, Context

TITLES = {
    "1": {"el": "Έκδοση διαβατηρίου", "en": "Passport"},
    "2": {"el": "Νέα ταυτότητα λόγω απώλειας", "en": "Identity card after loss"},
    "3": {"el": "Έκδοση ταυτότητας", "en": "Identity card"},
}
ASPECTS: dict[Any, str] = {"documents": "Τι χρειάζομαι;", "cost": "Πόσο κοστίζει;"}
POLITE = {"όχι", "ναι", "άλλο", "ήθελα", "ευχαριστώ", "γεια", "no", "thanks", "yes"}


NOTHING = Context()


class FakeKnowledgeBase:
    """Finds «διαβατήριο» and «ταυτότητα», knows «κοστίζει», and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Context]] = []

    def ask(self, text: str, language: str, context: Context = NOTHING) -> Answer:
        """An answer by key words; «ταυτότητα» alone is ambiguous."""
        self.asked.append((text, language, context))
        aspect = "cost" if "κοστίζει" in text else context.aspect if context.choices else None
        if "διαβατήριο" in text:
            return self._answer("1", aspect or "overview", language, context)
        if "ταυτότητα" in text:
            choices = tuple(Choice(key, TITLES[key][_spoken(language)]) for key in ("2", "3"))
            offered = Context(None, aspect, context.cases, ("2", "3"))
            return _said("clarify", None, aspect, language, choices, offered)
        if context.procedure_id and ("ανήλικο" in text or aspect):
            cases = ("minor",) if "ανήλικο" in text else context.cases
            context = Context(context.procedure_id, aspect, cases, context.choices)
            return self._answer(str(context.procedure_id), aspect or "overview", language, context)
        return _said("not_found", None, None, language, (), Context())

    def read(
        self, procedure_id: str, aspect: str, language: str, context: Context = NOTHING
    ) -> Answer:
        """One aspect of one procedure."""
        return self._answer(procedure_id, aspect, language, context)

    def procedure(self, procedure_id: str) -> str | None:
        """Something where there is such a procedure."""
        return TITLES.get(procedure_id, {}).get("el")

    def title(self, procedure_id: str, language: str) -> str:
        """Its title."""
        return TITLES[procedure_id][_spoken(language)]

    def says_something(self, text: str, language: str) -> bool:
        """Whether a word of the text is not mere politeness."""
        words = {word.strip(",.;!?") for word in text.lower().split()}
        return bool(words - POLITE) and not text.startswith("/")

    def _answer(self, key: str, aspect: str, language: str, context: Context) -> Answer:
        context = Context(key, aspect, context.cases, context.choices)
        return _said("answered", key, aspect, language, (), context)


class BrokenKnowledgeBase(FakeKnowledgeBase):
    """A knowledge base that cannot be read."""

    def ask(self, text: str, language: str, context: Context = NOTHING) -> Answer:
        """Fails."""
        raise OSError("the index is gone")


def _spoken(language: str) -> str:
    return "en" if language == "en" else "el"


def _said(
    outcome: Any,
    key: str | None,
    aspect: Any,
    language: str,
    choices: tuple[Choice, ...],
    context: Context,
) -> Answer:
    spoken = _spoken(language)
    title = TITLES[key][spoken] if key else outcome
    return Answer(
        outcome=outcome,
        procedure_id=key,
        aspect=aspect,
        language=spoken,
        text=f"{title}: {aspect}" if key else title,
        card={"title": title, "focus": aspect} if key else None,
        choices=choices,
        offers=tuple((name, text) for name, text in ASPECTS.items() if key and name != aspect),
        score=1.0,
        context=context,
    )
