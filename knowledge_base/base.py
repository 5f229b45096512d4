"""The knowledge base as the rest of the assistant sees it: a question in, an answer out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from knowledge_base.answer import (
    Answer,
    Choice,
    Context,
    choose,
    compose,
    facts_told,
    localised,
    nothing_different,
)
from knowledge_base.differences import cases_of
from knowledge_base.index import Index, current, open_index
from knowledge_base.lexicon import Question, lexicon
from knowledge_base.procedure import Procedure
from knowledge_base.search import TOP, Hit, Searcher
from knowledge_base.terms import stems
from knowledge_base.text import stem, words
from knowledge_base.thread import LOOKED_AT, Thread

__all__ = ["Answer", "Choice", "Context", "KnowledgeBase"]
log = logging.getLogger(__name__)
_LOOK_FOR_NEW_INDEX_S = 2.0
_FEW_WORDS = 2
_ENOUGH_FOR_FEW = 0.75
"""The share of the likeliest for so few words, under which it is asked which one is meant."""
_RIVAL = 0.25
"""How likely a rival has to be to be offered, of the likeliest."""
_NO_CONTEXT = Context()


class KnowledgeBase:
    """Answers from the index in use, and moves to a new one without dropping a question."""

    def __init__(self, home: Path, index: Index) -> None:
        self._home = home
        self._opened = _opened(index)
        self._looked = time.monotonic()
        self._reloading = threading.Lock()

    @classmethod
    def open(cls, home: Path) -> KnowledgeBase:
        """Opens the index under `home` (the folder of all state).

        Raises:
            IndexMissingError: nothing was built yet.
        """
        return cls(home, open_index(home))

    @property
    def version(self) -> str:
        """The version of the index in use."""
        return self._opened[0].version

    def wait_for_reload(self) -> None:
        """Returns once no reload is under way."""
        with self._reloading:
            pass

    def search(self, text: str, top: int = 10, language: str | None = None) -> list[Hit]:
        """The procedures a text is about, the likeliest first.

        Parameters:
            language: of the text; told from the text where nobody says.
        """
        read_in = language or self.identify(text)
        return self._searcher.search(lexicon(read_in).read(text), top)

    def procedure(self, procedure_id: str) -> Procedure | None:
        """A procedure by its official id."""
        place = self._index.position(procedure_id)
        return None if place is None else self._index.procedures[place]

    def procedures(self) -> list[Procedure]:
        """Every procedure that can be answered about, the shipped ones first."""
        return list(self._index.procedures)

    def title(self, procedure_id: str, language: str) -> str:
        """A procedure's plain title in a language, or in the one it has."""
        procedure = self.procedure(procedure_id)
        return localised(procedure.title, language) if procedure else ""

    def identify(self, text: str, fallback: str = "el") -> str:
        """The language of a text."""
        return self._index.identifier.identify(text, fallback)

    def says_something(self, text: str, language: str) -> bool:
        """Whether a text says more than politeness, «όχι» or «άλλο ήθελα»."""
        question = lexicon(self.identify(text, language)).read(text)
        return bool(question.about or question.aspects or question.cases)

    def read(
        self,
        procedure_id: str,
        aspect: str | tuple[str, ...],
        language: str,
        context: Context = _NO_CONTEXT,
    ) -> Answer:
        """The answer about one aspect of a known procedure, or about two, without searching.

        Raises:
            KeyError: there is no such procedure.
        """
        procedure = self.procedure(procedure_id)
        if procedure is None:
            raise KeyError(procedure_id)
        aspects = (aspect,) if isinstance(aspect, str) else aspect
        return compose(procedure, aspects, _written(language), context.cases)

    def ask(self, text: str, language: str, context: Context = _NO_CONTEXT) -> Answer:
        """Answers a question, asked by itself or as a follow-up.

        Parameters:
            text: what the citizen said, in any supported language.
            language: in which to answer.
            context: what the conversation was about.
        """
        language = _written(language)
        if not words(text):
            return choose([], language, "clarify", context)
        question = self._index.read(text)
        if self._searcher.is_corrected(question):
            return self._decide(self._searcher.search(question), question, language, context)
        if context.choices and (chosen := self._among(context.choices, question)):
            return self._answer(chosen, question, language, context)
        if talked_of := self.procedure(context.procedure_id or ""):
            return self._go_on(talked_of, text, question, language, context)
        if not question.beyond_cases and context.choices:
            return self._offer_again(question, language, context)
        if not question.about:
            return choose([], language, "clarify", context)
        hits = self._searcher.search(question)
        return self._decide(hits, question, language, context)

    @property
    def _index(self) -> Index:
        self._look_for_new_index()
        return self._opened[0]

    @property
    def _searcher(self) -> Searcher:
        self._look_for_new_index()
        return self._opened[1]

    def _decide(
        self, hits: list[Hit], question: Question, language: str, context: Context
    ) -> Answer:
        thresholds = self._opened[1].thresholds
        if not hits or hits[0].scope < thresholds["answer_from"]:
            if hits and _generic(question):
                return self._ask_back(self._of_kind(hits, question), question, language)
            near = [hit for hit in hits if hit.score >= thresholds["nearest_from"]]
            return self._offer_nearest(near, language, context)
        rivals = self._rivals(hits, question)
        if len(rivals) > 1 and not context.choices and not self._all_say_the_same(rivals, question):
            return self._ask_back(rivals, question, language)
        aspects = question.aspects or self._kept_aspect(hits[0].procedure_id, context)
        answer = compose(
            self._one(hits[0]), aspects, language, question.cases, doubtful=question.doubtful
        )
        return _scored(answer, hits[0].score)

    def _of_kind(self, hits: list[Hit], question: Question) -> list[Hit]:
        """Those whose title has a word of the question: «άδεια» offers no declaration."""
        kind = {stem(word) for word in question.about}
        return [hit for hit in hits if kind & _stems_of(self._one(hit).title.values())]

    def _rivals(self, hits: list[Hit], question: Question) -> list[Hit]:
        """Those that may be meant, the first included, where it is not likely enough by itself."""
        best = hits[0]
        few = len(question.tokens) <= _FEW_WORDS
        enough = _ENOUGH_FOR_FEW if few else self._opened[1].thresholds["sure_from"]
        if best.score >= enough * best.scope:
            return [best]
        return [hit for hit in hits if hit.score >= _RIVAL * best.score]

    def _ask_back(self, rivals: list[Hit], question: Question, language: str) -> Answer:
        """Which of them is meant; the aspect and the cases are kept for the reply."""
        asked = Context(None, _first(question), question.cases)
        return choose([self._one(hit) for hit in rivals[:4]], language, "clarify", asked)

    def _kept_aspect(self, found: str, context: Context) -> tuple[str, ...]:
        """«και το Ε9;»: a sibling named alone is asked for the same aspect."""
        before = self.procedure(context.procedure_id) if context.procedure_id else None
        same = before is not None and (found == before.id or found in before.related)
        return (context.aspect,) if same and context.aspect else ()

    def _all_say_the_same(self, rivals: list[Hit], question: Question) -> bool:
        """Whether asking back is idle: the field asked for is the same in every rival's record."""
        aspect = _first(question)
        if aspect is None or aspect in ("overview", "online"):
            return False
        told = {facts_told(self._one(hit), aspect, question.cases) for hit in rivals}
        return len(told) == 1 and told != {()}

    def _answer(
        self, procedure_id: str, question: Question, language: str, context: Context
    ) -> Answer:
        procedure = self.procedure(procedure_id)
        assert procedure is not None  # noqa: S101 - ids in a context come from this index
        aspects = question.aspects or ((context.aspect,) if context.aspect else ())
        cases = _merge(context.cases, question.cases)
        answer = compose(procedure, aspects, language, cases, doubtful=question.doubtful)
        return _scored(answer, 1.0)

    def _go_on(
        self,
        talked_of: Procedure,
        text: str,
        question: Question,
        language: str,
        context: Context,
    ) -> Answer:
        """Answers about the procedure talked of, a sibling of it, or what else is named."""
        if not question.about:
            return self._answer(talked_of.id, question, language, context)
        if not question.beyond_cases:
            target = self._sibling(talked_of, question) or talked_of.id
            answer = self._answer(target, question, language, context)
            return self._told_apart(answer, talked_of, question, language)
        hits = self._searcher.search(question, LOOKED_AT)
        if question.aspects or not _generic(question):
            meant = self._opened[2].follow(question, len(words(text)), talked_of, hits)
            if meant.procedure_id and meant.kind in ("same", "sibling"):
                return self._answer(meant.procedure_id, question, language, context)
            if meant.kind == "none":
                return self._offer_nearest([], language, context)
        return self._decide(hits[:TOP], question, language, context)

    def _told_apart(
        self, answer: Answer, talked_of: Procedure, question: Question, language: str
    ) -> Answer:
        """Adds that the record makes no difference for a case asked about, where it makes none."""
        if answer.procedure_id != talked_of.id or not answer.aspect or question.aspects:
            return answer
        alike = nothing_different(talked_of, answer.aspect, question.cases, language)
        return replace(answer, text=f"{answer.text}\n{alike}") if alike else answer

    def _offer_nearest(self, near: list[Hit], language: str, context: Context) -> Answer:
        fitting = [self._one(hit) for hit in near[:3]]
        return choose(fitting, language, "not_found", replace(context, choices=()))

    def _offer_again(self, question: Question, language: str, context: Context) -> Answer:
        """An aspect asked for before one of the choices was taken: kept for when it is."""
        offered = [one for one in map(self.procedure, context.choices) if one]
        kept = replace(context, aspect=_first(question) or context.aspect)
        return choose(offered, language, "clarify", kept)

    def _sibling(self, procedure: Procedure, question: Question) -> str | None:
        if not question.cases:
            return None
        wanted = {stem(word) for word in question.about}
        best, most = None, 0
        for related in map(self.procedure, procedure.related):
            if related is not None and related.contrast:
                texts = [*related.contrast.values(), *related.title.values()]
                found = len(wanted & _stems_of(texts))
                if found > most:
                    best, most = related.id, found
        return best

    def _among(self, choices: tuple[str, ...], question: Question) -> str | None:
        """Which of the procedures just offered a short reply picks, if it picks one."""
        offered = list(filter(None, map(self.procedure, choices)))
        wanted = {stem(word) for word in question.about}
        if not wanted:
            of_case = [one.id for one in offered if cases_of(one) & set(question.cases)]
            return of_case[0] if len(of_case) == 1 else None
        scored = []
        for procedure in offered:
            texts = [*procedure.title.values(), *procedure.contrast.values()]
            texts += [name for names in procedure.names.values() for name in names]
            scored.append((len(wanted & _stems_of(texts)) / len(wanted), procedure.id))
        scored.sort(key=lambda item: -item[0])
        if scored and scored[0][0] >= 0.75 and (len(scored) < 2 or scored[1][0] < scored[0][0]):
            return scored[0][1]
        return None

    def _one(self, hit: Hit) -> Procedure:
        place = self._index.position(hit.procedure_id)
        assert place is not None  # noqa: S101 - hits come from this index
        return self._opened[0].procedures[place]

    def _look_for_new_index(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_FOR_NEW_INDEX_S or not self._reloading.acquire(False):
            return
        self._looked = now
        if current(self._home) in (None, self._opened[0].version):
            self._reloading.release()
            return
        threading.Thread(target=self._reload, daemon=True).start()

    def _reload(self) -> None:
        try:
            index = open_index(self._home)
            self._opened = _opened(index)
            log.info("moved to index %s", index.version)
        except Exception:
            log.exception("the new index could not be opened; staying with the old one")
        finally:
            self._reloading.release()


def _opened(index: Index) -> tuple[Index, Searcher, Thread]:
    searcher = Searcher(index)
    return index, searcher, Thread(index, searcher)


def _written(language: str) -> str:
    """The language to answer in: Greeklish is answered in Greek."""
    return language.partition("-")[0]


def _generic(question: Question) -> bool:
    """Whether it names a kind alone: «πιστοποιητικό», «επίδομα»."""
    weak = lexicon(question.language).is_weak
    return all(weak(stem(word)) for word in question.about)


def _stems_of(texts: Iterable[str]) -> set[str]:
    return {one for text in texts for one in stems(text)}


def _first(question: Question) -> str | None:
    return question.aspects[0] if question.aspects else None


def _merge(before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    return now or before


def _scored(answer: Answer, score: float) -> Answer:
    return replace(answer, score=score)
