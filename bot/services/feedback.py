"""What citizens say of a procedure: that an answer was wrong, old or unclear, or a proposal."""

from __future__ import annotations

import hashlib
from typing import Literal, Protocol, get_args

from bot.store.records import Remark

Kind = Literal["wrong", "outdated", "unclear", "proposal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = 1000
"""Characters kept of a comment."""


class FeedbackStore(Protocol):
    """Where remarks are kept."""

    def add_remark(self, remark: Remark) -> None:
        """Keeps one; one that is there already stays as it is."""

    def comment(self, remark_id: str, text: str) -> bool:
        """Adds words to one; false where it is no longer kept."""


class Feedback:
    """Takes what citizens say of procedures."""

    def __init__(self, store: FeedbackStore) -> None:
        self._store = store

    def give(
        self, conversation_id: str, procedure_id: str, aspect: str | None, kind: str, language: str
    ) -> str:
        """Keeps a remark; returns its id, the same for the same said twice.

        Args:
            kind: of `KINDS`.
            aspect: that was told when the citizen said it.

        Raises:
            ValueError: there is no such kind.
            Unavailable: the store cannot keep it now.
        """
        if kind not in KINDS:
            raise ValueError(kind)
        said = f"{conversation_id}\n{procedure_id}\n{kind}"
        remark_id = hashlib.sha256(said.encode()).hexdigest()[:24]
        self._store.add_remark(
            Remark(remark_id, conversation_id, procedure_id, aspect, kind, language)
        )
        return remark_id

    def comment(self, remark_id: str, text: str) -> bool:
        """Adds the citizen's words (redacted before they came here); false where it is gone.

        Raises:
            Unavailable: the store cannot keep them now.
        """
        return self._store.comment(remark_id, " ".join(text.split())[:LONGEST])
