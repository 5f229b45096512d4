"""The registry of administrative procedures: fetch, read, index, search, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge_base.answer import Answer, Choice, Context
    from knowledge_base.base import KnowledgeBase

__all__ = ["Answer", "Choice", "Context", "KnowledgeBase"]


def __getattr__(name: str) -> Any:
    """Loads the heavy parts at their first use: a process may need the language alone."""
    if name not in __all__:
        raise AttributeError(name)
    from knowledge_base import base

    return getattr(base, name)
