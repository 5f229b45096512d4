"""How answers become messages: text, card, buttons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from knowledge_base import Answer, Choice, KnowledgeBase

Button = dict[str, str]
OpenKnowledgeBase = Callable[[], KnowledgeBase]


def say_answer(
    dispatcher: CollectingDispatcher, answer: Answer, heard: bool = False, part: int = 0
) -> None:
    """Says an answer of the knowledge base, with what may be asked next as buttons.

    Where it is `heard`, one `part` of it alone.
    """
    buttons = choice_buttons(answer.choices) or aspect_buttons(answer.offers)
    dispatcher.utter_message(
        text=answer.spoken[part] if heard and answer.spoken else answer.text,
        buttons=buttons,
        json_message={
            "answer": {
                "outcome": answer.outcome,
                "procedure_id": answer.procedure_id,
                "aspect": answer.aspect,
                "sources": list(answer.sources),
                "score": answer.score,
            },
            "card": answer.card,
        },
        language=answer.language,
    )


def choice_buttons(choices: Iterable[Choice]) -> list[Button]:
    """One button a procedure."""
    return [
        {"title": choice.title, "payload": payload("choose", procedure=choice.procedure_id)}
        for choice in choices
    ]


def aspect_buttons(offers: Iterable[tuple[str, str]]) -> list[Button]:
    """One button an aspect, each with the question it answers."""
    return [
        {"title": question, "payload": payload("ask_aspect", aspect=aspect)}
        for aspect, question in offers
    ]


def titled(kb: KnowledgeBase, procedure_ids: Iterable[str], language: str) -> list[Choice]:
    """Choices for procedures known by id, with their titles in a language."""
    cards = ((key, kb.read(key, "overview", language).card) for key in procedure_ids)
    return [Choice(key, card["title"]) for key, card in cards if card]


def payload(intent: str, **entities: Any) -> str:
    """What a button sends, in Rasa's notation."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False, separators=(',', ':'))}"
