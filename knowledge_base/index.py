"""The index as it is opened: a version has a folder, the file `current` names the one in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from knowledge_base.aspects import AspectReader
from knowledge_base.embedding import EmbeddedEncoder, Encoder, PretrainedEncoder
from knowledge_base.language import Identifier
from knowledge_base.lexicon import Question, lexicon
from knowledge_base.postings import Postings
from knowledge_base.procedure import LAW, Procedure
from knowledge_base.recogniser import Recogniser
from knowledge_base.records import Records
from knowledge_base.terms import TermModel, read_pickle

FOLDER = "index"
LEXICAL = "lexical.pickle"
MANIFEST = "manifest.json"
NEAREST = "names.faiss"
VECTORS = "names.npy"
MODEL = "model"


class IndexMissingError(Exception):
    """There is no index to open."""


@dataclass(frozen=True)
class Lexical:
    """Names and records as weighed terms."""

    ids: list[str]
    """Of the procedures, in the order of the index."""
    asked: npt.NDArray[np.float32]
    """How much each is asked for, 0 to 1."""
    shipped: npt.NDArray[np.bool_]
    owner: npt.NDArray[np.int32]
    """Per name, the place of its procedure; ascending."""
    official: npt.NDArray[np.bool_]
    """Per name, whether it is a title."""
    native: npt.NDArray[np.bool_]
    """Per name, whether it is Greek or English: no other is meant in Greek letters."""
    stems: TermModel
    names: Postings
    """Names by stems: the stem's share of the name's weight."""
    sounds: TermModel
    sounding: Postings
    """Names by n-grams of their sound, unit rows."""
    body: Postings
    """Procedures by the stems of their record, BM25 weights; those of names alone weigh nothing."""
    corrected: dict[str, int]
    """The place of the procedure that a question is about by the word of staff, by its sound."""


@dataclass
class Index:
    """An opened version of the index."""

    version: str
    procedures: Sequence[Procedure]
    lexical: Lexical
    nearest: Any
    """FAISS inner-product index over the names."""
    vectors: npt.NDArray[np.float16]
    """Of the names, by which those found are compared exactly."""
    encoder: Encoder
    identifier: Identifier
    aspects: AspectReader
    recogniser: Recogniser

    def __post_init__(self) -> None:
        self._positions = {one: place for place, one in enumerate(self.lexical.ids)}

    @property
    def has_registry(self) -> bool:
        """Whether procedures beside the shipped ones are in it."""
        return not bool(self.lexical.shipped.all())

    def position(self, procedure_id: str) -> int | None:
        """The place of a procedure, by its official id."""
        return self._positions.get(procedure_id)

    def read(self, text: str, language: str | None = None) -> Question:
        """Takes a question apart, with the aspects that the reader finds in it.

        Parameters:
            language: of the text; told from the text where nobody says.
        """
        read_in = language or self.identifier.identify(text, "el")
        question = lexicon(read_in).read(text)
        if LAW in question.aspects:
            return replace(question, aspects=(LAW,))
        if question.language != "el":
            return replace(question, aspects=question.aspects[:2])
        if question.cases and not question.beyond_cases and not question.aspects:
            return question
        aspects, doubtful = self.aspects.weigh(text)
        return replace(question, aspects=aspects, doubtful=doubtful)


def current(home: Path) -> str | None:
    """The version in use, if there is one."""
    try:
        return (home / FOLDER / "current").read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def open_index(home: Path) -> Index:
    """Opens the version in use.

    Raises:
        IndexMissingError: nothing was built yet.
    """
    version = current(home)
    if version is None:
        raise IndexMissingError("there is no index yet: run `python -m knowledge_base build`")
    return open_version(home / FOLDER / version)


def open_version(folder: Path) -> Index:
    """Opens a version by its folder."""
    import faiss

    faiss.omp_set_num_threads(1)
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    return Index(
        version=folder.name,
        procedures=Records(folder),
        lexical=read_pickle(folder / LEXICAL),
        nearest=faiss.read_index(str(folder / NEAREST)),
        vectors=np.load(folder / VECTORS, mmap_mode="r"),
        encoder=(
            PretrainedEncoder(
                manifest["model"], manifest["query_prefix"], manifest["passage_prefix"]
            )
            if manifest["model"]
            else EmbeddedEncoder(folder / MODEL)
        ),
        identifier=Identifier.load(folder),
        aspects=AspectReader.load(folder),
        recogniser=Recogniser.load(folder),
    )
