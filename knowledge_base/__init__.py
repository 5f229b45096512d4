"""The registry of administrative procedures: fetch, read, index, search, answer."""

from knowledge_base.answer import Answer, Choice, Context
from knowledge_base.base import KnowledgeBase

__all__ = ["Answer", "Choice", "Context", "KnowledgeBase"]
