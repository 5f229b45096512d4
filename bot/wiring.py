"""The only place where adapters are chosen. Importing it does nothing and is quick."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.errors import StartError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.conversation import Conversations
    from bot.engine import Engine
    from bot.hearing import Identifier
    from bot.services.cases import Cases
    from bot.services.feedback import Feedback
    from bot.store import Store
    from knowledge_base import KnowledgeBase

SPARE_S = 5.0
"""Seconds beyond a turn's deadline after which a request to the engine is given up for good."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()


@cache
def store() -> Store:
    """The store, its tables up to date."""
    from bot.store import Store

    return Store.open(settings().database_url, settings().database_timeout_s)


@cache
def cases() -> Cases:
    """The help cases, kept in the store."""
    from bot.services.cases import Cases

    return Cases(store())


@cache
def feedback() -> Feedback:
    """What citizens say of procedures, kept in the store."""
    from bot.services.feedback import Feedback

    return Feedback(store())


@cache
def knowledge_base() -> KnowledgeBase:
    """The registry's procedures, indexed."""
    from knowledge_base import KnowledgeBase

    return KnowledgeBase.open(settings().home)


@cache
def identifier() -> Identifier:
    """Tells the language of a message."""
    from knowledge_base.index import current
    from knowledge_base.language import Identifier

    version = current(settings().home)
    if version is None:
        raise StartError("There is no index yet: run `python -m knowledge_base build`.")
    return Identifier.load(settings().home / "index" / version)


def engine(settings: Settings) -> Engine:
    """The dialogue engine at the port that the settings name."""
    from bot.engine import RasaEngine

    return RasaEngine(settings.rasa_url, settings.turn_deadline_s + SPARE_S)


def conversations(settings: Settings) -> Conversations:
    """The conversations of the front door, over the chosen adapters."""
    from bot.conversation import Conversations
    from bot.texts import Texts

    return Conversations(
        store(),
        engine(settings),
        Texts.load(default=settings.language),
        identifier(),
        deadline_s=settings.turn_deadline_s,
        characters=settings.message_characters,
    )
