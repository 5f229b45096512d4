"""Builds the index of all procedures, and opens it.

Each version has a folder; the file `current` names the one in use. A version is written beside the
others and switched to as a whole, so a build that fails leaves the assistant with what it had.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from knowledge_base import content, embedding, questions
from knowledge_base.aspects import AspectReader, topic_frames
from knowledge_base.embedding import Encoder, Vectors
from knowledge_base.language import Identifier
from knowledge_base.lexicon import FOLDER as LEXICON_FOLDER
from knowledge_base.lexicon import Question, lexicon
from knowledge_base.procedure import Difference, Fact, Procedure
from knowledge_base.recogniser import ELSEWHERE, NONE, Recogniser
from knowledge_base.registry import Registry
from knowledge_base.terms import TermModel, read_pickle, sounds, stems, write_pickle
from knowledge_base.text import phonetic

VERSIONS_KEPT = 2
_EPOCHS = 40
_FRAMES = 2
"""Questions in which each name is put for the recogniser."""
_FRAMES_OF_SHORT = 6
_SHORT_NAME = 2
"""Words up to which a name is short: it is what is asked with most often."""
_LONGEST_NAME = 5
"""Words of a question that say what it is about, up to which it serves as a name."""
_SEED = 20
Progress = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Name:
    """One way to call a procedure."""

    procedure: int
    """Its place in the index."""
    text: str
    official: bool


class IndexMissingError(Exception):
    """There is no index to open."""


@dataclass
class Index:
    """An opened version of the index."""

    version: str
    procedures: list[Procedure]
    names: list[Name]
    name_owner: npt.NDArray[np.int32]
    word_model: TermModel
    word_names: sparse.csc_matrix
    """Names × stems, 1 where the name has the stem."""
    name_weight: npt.NDArray[np.float32]
    """Per name, the sum of its stems' weights."""
    sound_model: TermModel
    sound_names: sparse.csc_matrix
    """Names × sound n-grams, unit rows."""
    body_words: sparse.csc_matrix
    """Procedures × stems of their whole text, BM25 weights."""
    dense: Any
    """FAISS inner-product index over the names."""
    encoder: Encoder
    identifier: Identifier
    aspects: AspectReader
    recogniser: Recogniser

    def position(self, procedure_id: str) -> int | None:
        """The place of a procedure, by its official id."""
        return self._positions.get(procedure_id)

    def read(self, text: str) -> Question:
        """Takes a question apart, with the aspects that the reader finds in it."""
        question = lexicon().read(text)
        if question.cases and not question.beyond_cases and not question.aspects:
            return question
        return replace(question, aspects=self.aspects.read(text))

    def __post_init__(self) -> None:
        self._positions = {one.id: place for place, one in enumerate(self.procedures)}


@dataclass(frozen=True)
class Model:
    """Which embedding the index uses: the embedded one, or a pretrained one by setting."""

    source: str = ""
    """Folder or hub name of a pretrained sentence-transformers model; empty: the embedded one."""
    query_prefix: str = ""
    passage_prefix: str = ""


def fingerprint(home: Path, model: Model) -> str:
    """Names a version by everything it is made of."""
    digest = hashlib.sha256(repr(model).encode())
    code = Path(__file__).parent.glob("*.py")
    folders = (content.CONTENT, LEXICON_FOLDER, questions.FOLDER)
    data = [*(path for folder in folders for path in folder.glob("*.yml")), *code]
    for path in sorted([*data, Registry(home).path]):
        if path.exists():
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def build(home: Path, model: Model, progress: Progress, *, force: bool = False) -> tuple[str, bool]:
    """Builds the index of shipped and synced procedures and switches to it.

    Returns:
        The version, and whether it had to be built.

    Raises:
        ContentError: a shipped procedure is faulty.
    """
    root = home / "index"
    version = fingerprint(home, model)
    if not force and current(home) == version:
        return version, False
    beside = root / f".{version}.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        _write(beside, gather(home), model, progress)
        shutil.rmtree(root / version, ignore_errors=True)
        beside.rename(root / version)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    _switch(root, version)
    return version, True


def gather(home: Path) -> list[Procedure]:
    """Shipped procedures first, then the registry's others; names of both are kept."""
    synced = {one.id: one for one in Registry(home).procedures()}
    shipped = content.load()
    merged = [_with_registry_names(one, synced.pop(one.id, None)) for one in shipped]
    return [*merged, *synced.values()]


def current(home: Path) -> str | None:
    """The version in use, if there is one."""
    try:
        return (home / "index" / "current").read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def open_index(home: Path) -> Index:
    """Opens the version in use.

    Raises:
        IndexMissingError: nothing was built yet.
    """
    import faiss

    version = current(home)
    if version is None:
        raise IndexMissingError("there is no index yet: run `python -m knowledge_base build`")
    folder = home / "index" / version
    parts = read_pickle(folder / "lexical.pickle")
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    names = [Name(*item) for item in orjson.loads((folder / "names.json").read_bytes())]
    return Index(
        version=version,
        procedures=list(_read_procedures(folder / "procedures.jsonl")),
        names=names,
        name_owner=np.array([name.procedure for name in names], dtype=np.int32),
        dense=faiss.read_index(str(folder / "names.faiss")),
        encoder=Encoder.load(
            manifest["model"] or str(folder / "model"),
            by_sound=not manifest["model"],
            query_prefix=manifest["query_prefix"],
            passage_prefix=manifest["passage_prefix"],
        ),
        identifier=Identifier.load(folder),
        aspects=AspectReader.load(folder),
        recogniser=Recogniser.load(folder),
        **parts,
    )


def _write(folder: Path, procedures: list[Procedure], model: Model, progress: Progress) -> None:
    with ThreadPoolExecutor() as beside:
        recogniser = beside.submit(_train_recogniser, procedures)
        _write_search(folder, procedures, model, progress)
        Identifier.train(*_samples(procedures)).save(folder)
        AspectReader.train(name for one in procedures for name in _called(one)).save(folder)
        recogniser.result().save(folder)


def _write_search(
    folder: Path, procedures: list[Procedure], model: Model, progress: Progress
) -> None:
    import faiss

    asked = questions.load()
    names = [
        name
        for place, one in enumerate(procedures)
        for name in _names(place, one, asked.get(one.id, {}))
    ]
    (folder / "procedures.jsonl").write_bytes(
        b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in procedures)
    )
    (folder / "names.json").write_bytes(
        orjson.dumps([[name.procedure, name.text, name.official] for name in names])
    )
    write_pickle(_lexical(procedures, names), folder / "lexical.pickle")
    encoder = (
        Encoder.load(
            model.source,
            by_sound=False,
            query_prefix=model.query_prefix,
            passage_prefix=model.passage_prefix,
        )
        if model.source
        else embedding.train(
            _groups(procedures, names),
            folder / "model",
            epochs=_EPOCHS,
            seed=_SEED,
            progress=lambda epochs: progress(epochs, "training the embedding"),
        )
    )
    vectors = _encode(encoder, [name.text for name in names], progress)
    dense = faiss.IndexFlatIP(vectors.shape[1])
    dense.add(vectors)
    faiss.write_index(dense, str(folder / "names.faiss"))
    (folder / "manifest.json").write_bytes(
        orjson.dumps(
            {
                "procedures": len(procedures),
                "names": len(names),
                "model": model.source,
                "query_prefix": model.query_prefix,
                "passage_prefix": model.passage_prefix,
            }
        )
    )


def _train_recogniser(procedures: list[Procedure]) -> Recogniser:
    asked = questions.load()
    pairs = [
        (text, one.id)
        for one in procedures
        if one.shipped
        for text in [
            one.official_title,
            *one.title.values(),
            *one.summary.values(),
            *(name for names in one.names.values() for name in names),
            *(text for texts in asked.get(one.id, {}).values() for text in texts),
            *(text[:150] for fact in _telling_facts(one) for text in fact.text.values()),
            *_framed(one),
        ]
    ]
    strange = [NONE] if any(not one.shipped for one in procedures) else [NONE, ELSEWHERE]
    pairs += [
        (text, NONE) for kind in strange for texts in asked.get(kind, {}).values() for text in texts
    ]
    texts, ids = zip(*pairs, strict=True)
    return Recogniser.train(texts, ids, _SEED)


def _framed(procedure: Procedure) -> Iterator[str]:
    """What it is called in questions: how one asks for an aspect says nothing about which it is."""
    draw = random.Random(procedure.id)  # noqa: S311 - not for secrets
    for language, frames in topic_frames().items():
        called = [procedure.title.get(language), *procedure.names.get(language, ())]
        for name in filter(None, called):
            short = len(name.split()) <= _SHORT_NAME
            for frame in draw.sample(frames, _FRAMES_OF_SHORT if short else _FRAMES):
                yield frame.replace("{}", name)


def _telling_facts(procedure: Procedure) -> Iterator[Fact]:
    yield from (*procedure.documents, *procedure.eligibility, *procedure.where)


def _encode(encoder: Encoder, texts: list[str], progress: Progress) -> Vectors:
    chunks = [texts[start : start + 1024] for start in range(0, len(texts), 1024)]
    parts = [encoder.encode(chunk, "passage") for chunk in progress(chunks, "embedding names")]
    return np.vstack(parts)


def _lexical(procedures: list[Procedure], names: list[Name]) -> dict[str, Any]:
    texts = [name.text for name in names]
    word_model, weighed = TermModel.fit([*texts, *map(_text, procedures)], stems, normalised=False)
    has_word = weighed[: len(texts)].copy()
    has_word.data[:] = 1.0
    sound_model, sounding = TermModel.fit(texts, sounds, rarest=2)
    return {
        "word_model": word_model,
        "word_names": has_word.tocsc(),
        "name_weight": np.asarray(has_word @ word_model.idf, dtype=np.float32),
        "sound_model": sound_model,
        "sound_names": sounding.tocsc(),
        "body_words": _bm25(procedures, word_model),
    }


def _bm25(procedures: list[Procedure], model: TermModel) -> sparse.csc_matrix:
    """Okapi BM25 term weights (Robertson and Zaragoza 2009), k1 = 1.2, b = 0.75."""
    counts = sparse.dok_matrix((len(procedures), len(model.vocabulary)), dtype=np.float32)
    for row, one in enumerate(procedures):
        for term, often in Counter(stems(_text(one))).items():
            counts[row, model.vocabulary[term]] = often
    counts = counts.tocsr()
    length = np.asarray(counts.sum(axis=1)).ravel()
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norm = 1.2 * (0.25 + 0.75 * length / max(1.0, float(length.mean())))
    counts.data = counts.data * 2.2 / (counts.data + norm[rows]) * model.idf[counts.indices]
    return counts.astype(np.float32).tocsc()


def _called(procedure: Procedure) -> Iterator[str]:
    """What a procedure is called: its titles first, then its everyday names."""
    yield procedure.official_title
    yield from procedure.title.values()
    for names in procedure.names.values():
        yield from names


def _names(place: int, procedure: Procedure, asked: dict[str, tuple[str, ...]]) -> Iterator[Name]:
    official = {procedure.official_title, *procedure.title.values()}
    about = [lexicon().read(text).about for texts in asked.values() for text in texts]
    short = (" ".join(said) for said in about if len(said) <= _LONGEST_NAME)
    seen: set[str] = set()
    for text in (*_called(procedure), *short):
        if (key := phonetic(text)) and key not in seen:
            seen.add(key)
            yield Name(place, text, text in official)


def _text(procedure: Procedure) -> str:
    facts = (getattr(procedure, name) for name in content.FACT_FIELDS if name != "law")
    return " ".join(
        [
            procedure.official_title,
            *procedure.summary.values(),
            *(text for group in facts for fact in group for text in fact.text.values()),
        ]
    )


def _groups(procedures: list[Procedure], names: list[Name]) -> list[list[str]]:
    groups: list[list[str]] = [[] for _ in procedures]
    for name in names:
        groups[name.procedure].append(name.text)
    for group, procedure in zip(groups, procedures, strict=True):
        group += [text[:200] for text in procedure.summary.values()]
        group += [fact.text["el"][:120] for fact in procedure.documents[:3] if "el" in fact.text]
    return [list(dict.fromkeys(group)) for group in groups]


def _samples(procedures: list[Procedure]) -> tuple[list[str], list[str]]:
    """Greek and English texts, for the language identifier."""
    found: dict[str, list[str]] = {"el": [], "en": []}
    for one in procedures[:600]:
        for language, texts in found.items():
            texts += [one.title.get(language, ""), one.summary.get(language, "")]
            texts += one.names.get(language, ())
    for language, texts in found.items():
        texts += lexicon().phrases(language) * 3
    return found["el"], found["en"]


def _with_registry_names(shipped: Procedure, record: Procedure | None) -> Procedure:
    if record is None:
        return shipped
    names = {**shipped.names}
    names["el"] = tuple(dict.fromkeys([*names.get("el", ()), *record.names.get("el", ())]))
    return replace(shipped, names=names)


def _read_procedures(path: Path) -> Iterator[Procedure]:
    with path.open("rb") as lines:
        for line in lines:
            yield _restore(orjson.loads(line))


def _restore(data: dict[str, Any]) -> Procedure:
    for name in content.FACT_FIELDS:
        data[name] = tuple(
            Fact(**{**item, "when": tuple(item["when"]), "registry": tuple(item["registry"])})
            for item in data[name]
        )
    data["checked"] = date.fromisoformat(data["checked"])
    data["names"] = {language: tuple(names) for language, names in data["names"].items()}
    data["related"] = tuple(data["related"])
    data["differences"] = tuple(
        Difference(item["why"], tuple(item["evidence"]), item["title"])
        for item in data["differences"]
    )
    return Procedure(**data)


def _switch(root: Path, version: str) -> None:
    pointer = root / ".current.new"
    pointer.write_text(version, encoding="ascii")
    pointer.replace(root / "current")
    versions = sorted(
        (path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for old in [path for path in versions if path.name != version][VERSIONS_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
