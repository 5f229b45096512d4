"""Builds the index of all procedures and switches to it.

A version is written beside the others and switched to as a whole, so a build that fails leaves the
assistant with what it had.
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
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from knowledge_base import (
    aspects,
    content,
    embedding,
    glossary,
    names,
    questions,
    recogniser,
    records,
)
from knowledge_base.aspects import AspectReader, topic_frames
from knowledge_base.corrections import Corrections
from knowledge_base.embedding import Encoder, PretrainedEncoder, Vectors
from knowledge_base.index import (
    FOLDER,
    LEXICAL,
    MANIFEST,
    MODEL,
    NEAREST,
    VECTORS,
    Lexical,
    current,
)
from knowledge_base.language import Identifier
from knowledge_base.learnt import learn_once
from knowledge_base.lexicon import FOLDER as LEXICON_FOLDER
from knowledge_base.lexicon import languages, lexicon
from knowledge_base.postings import Postings
from knowledge_base.procedure import Fact, Procedure
from knowledge_base.recogniser import ELSEWHERE, NONE, Recogniser
from knowledge_base.registry import Registry
from knowledge_base.terms import TermModel, sounds, stems, write_pickle
from knowledge_base.text import phonetic

VERSIONS_KEPT = 2
_EPOCHS = 32
_FRAMES = 2
"""Questions in which each name is put for the recogniser."""
_FRAMES_OF_SHORT = 6
_SHORT_NAME = 2
"""Words up to which a name is short: it is what is asked with most often."""
_LONGEST_NAME = 5
"""Words of a question that say what it is about, up to which it serves as a name."""
_MOST_ASKED = 5
_PHRASES_WEIGH = 3
"""How often the phrases of a lexicon count among the texts of its language."""
_SIBLING, _SIBLINGS = 0.25, 8
"""How alike titles of siblings are at the least, and how many of them are known."""
_AT_ONCE = 500
"""Titles compared with all others at a time."""
_NEXT_TO_NOTHING = 1e-6
_NATIVE = ("el", "el-Latn", "en")
_SEED = 20
Progress = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Name:
    """One way to call a procedure."""

    procedure: int
    """Its place in the index."""
    text: str
    language: str
    official: bool


@dataclass(frozen=True)
class Model:
    """Which embedding the index uses: the embedded one, or a pretrained one by setting."""

    source: str = ""
    """Folder or hub name of a pretrained sentence-transformers model; empty: the embedded one."""
    query_prefix: str = ""
    passage_prefix: str = ""


def fingerprint(home: Path, model: Model) -> str:
    """Names a version by everything it is made of."""
    digest = hashlib.sha256(repr(model).encode() + _product().encode())
    for path in (Registry(home).path, Corrections(home).path):
        if path.exists():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _product() -> str:
    """Names what the product itself brings to an index: its code, content and words."""
    digest = hashlib.sha256()
    code = Path(__file__).parent.glob("*.py")
    folders = (content.CONTENT, LEXICON_FOLDER, questions.FOLDER, names.FOLDER, glossary.FOLDER)
    data = (path for folder in folders for path in folder.glob("*.yml"))
    for path in sorted([*data, *code]):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(home: Path, model: Model, progress: Progress, *, force: bool = False) -> tuple[str, bool]:
    """Builds the index of shipped and synced procedures and switches to it.

    Returns:
        The version, and whether it had to be built.

    Raises:
        ContentError: a shipped procedure is faulty.
    """
    root = home / FOLDER
    version = fingerprint(home, model)
    if not force and current(home) == version:
        return version, False
    beside = root / f".{version}.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        before = current(home)
        _write(beside, root / before if before else None, gather(home), model, progress)
        shutil.rmtree(root / version, ignore_errors=True)
        beside.rename(root / version)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    _switch(root, version)
    return version, True


def gather(home: Path) -> list[Procedure]:
    """Shipped procedures first, then the registry's others; names of all sources are kept."""
    synced = {one.id: one for one in Registry(home).procedures()}
    shipped = content.load()
    merged = [_with_registry(one, synced.pop(one.id, None)) for one in shipped]
    corrected = Corrections(home).by_procedure()
    return [
        replace(_with_names(one), corrected=corrected.get(one.id, ()))
        for one in (*merged, *synced.values())
    ]


def _with_registry(shipped: Procedure, record: Procedure | None) -> Procedure:
    if record is None:
        return shipped
    return replace(_called_too(shipped, record.names), law=shipped.law or record.law)


def _with_names(procedure: Procedure) -> Procedure:
    """The procedure with what people call it, its titles in more languages and its demand."""
    called = names.load().get(procedure.id, {})
    titles = {language: found[0] for language, found in called.items() if language != "el"}
    return replace(
        _called_too(procedure, called),
        title={**titles, **procedure.title},
        popularity=procedure.popularity or names.demand().get(procedure.id, 0),
    )


def _called_too(procedure: Procedure, more: dict[str, tuple[str, ...]]) -> Procedure:
    called = {
        language: tuple(
            dict.fromkeys([*procedure.names.get(language, ()), *more.get(language, ())])
        )
        for language in {**procedure.names, **more}
    }
    return replace(procedure, names=called)


def _write(
    folder: Path,
    before: Path | None,
    procedures: list[Procedure],
    model: Model,
    progress: Progress,
) -> None:
    once = partial(learn_once, folder=folder, before=before)
    pairs = _recogniser_pairs(procedures)
    inputs = (_product(), *(part for pair in pairs for part in pair))
    with ThreadPoolExecutor() as beside:
        recognised = beside.submit(once, recogniser.FILE, inputs, lambda: _recogniser(pairs))
        _write_search(folder, procedures, model, progress)
        Identifier.train(*_samples(procedures), _other_samples()).save(folder)
        once(aspects.FILE, (_product(),), lambda: AspectReader.train(_topics()))
        recognised.result()


def _write_search(
    folder: Path, procedures: list[Procedure], model: Model, progress: Progress
) -> None:
    called = names_of(procedures)
    encoder = (
        PretrainedEncoder(model.source, model.query_prefix, model.passage_prefix)
        if model.source
        else embedding.train(
            _groups(procedures, called),
            _siblings(procedures),
            folder / MODEL,
            epochs=_EPOCHS,
            seed=_SEED,
            progress=lambda epochs: progress(epochs, "training the embedding"),
        )
    )
    write_search(folder, procedures, called, encoder, model, progress)


def names_of(procedures: list[Procedure]) -> list[Name]:
    """Every way to call every procedure, in the order of the index."""
    asked = questions.load()
    return [
        name
        for place, one in enumerate(procedures)
        for name in _names(place, one, asked.get(one.id, {}))
    ]


def write_search(
    folder: Path,
    procedures: list[Procedure],
    called: list[Name],
    encoder: Encoder,
    model: Model,
    progress: Progress,
) -> None:
    """Writes what is searched: the records, the inverted lists, the vectors and their index."""
    import faiss

    records.write(procedures, folder)
    write_pickle(_lexical(procedures, called), folder / LEXICAL)
    vectors = _encode(encoder, [name.text for name in called], progress)
    faiss.write_index(embedding.nearest_by(vectors), str(folder / NEAREST))
    np.save(folder / VECTORS, vectors.astype(np.float16))
    manifest = {
        "procedures": len(procedures),
        "names": len(called),
        "model": model.source,
        "query_prefix": model.query_prefix,
        "passage_prefix": model.passage_prefix,
    }
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))


def _recogniser_pairs(procedures: list[Procedure]) -> list[tuple[str, str]]:
    """Texts about the shipped procedures, and texts that are about none, each with its class."""
    asked = questions.load()
    pairs = [
        (text, one.id)
        for one in procedures
        if one.shipped
        for text in [
            *_called(one),
            *one.summary.values(),
            *(text for texts in asked.get(one.id, {}).values() for text in texts),
            *(text for _, text in one.corrected),
            *(text[:150] for fact in _telling_facts(one) for text in fact.text.values()),
            *_framed(one),
        ]
    ]
    strange = [NONE] if any(not one.shipped for one in procedures) else [NONE, ELSEWHERE]
    pairs += [
        (text, NONE) for kind in strange for texts in asked.get(kind, {}).values() for text in texts
    ]
    return pairs


def _recogniser(pairs: list[tuple[str, str]]) -> Recogniser:
    texts, ids = zip(*pairs, strict=True)
    return Recogniser.train(texts, ids, _SEED)


def _topics() -> Iterator[str]:
    """What procedures are called as far as the product knows: the same whatever was synced."""
    for one in content.load():
        yield from _called(one)
    for called in names.load().values():
        for found in called.values():
            yield from found


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


def _lexical(procedures: list[Procedure], called: list[Name]) -> Lexical:
    texts = [name.text for name in called]
    by_stem, weighed = TermModel.fit([*texts, *map(_text, procedures)], stems, normalised=False)
    by_sound, sounding = TermModel.fit(texts, sounds, rarest=2)
    body = _bm25(procedures, by_stem)
    owner = np.array([name.procedure for name in called], dtype=np.int32)
    return Lexical(
        ids=[one.id for one in procedures],
        asked=np.array([one.popularity for one in procedures], dtype=np.float32) / _MOST_ASKED,
        shipped=np.array([one.shipped for one in procedures]),
        owner=owner,
        official=np.array([name.official for name in called]),
        native=np.array([name.language in _NATIVE for name in called]),
        stems=by_stem,
        names=Postings.of(_shares(weighed[: len(texts)], by_stem)),
        sounds=by_sound,
        sounding=Postings.of(sounding),
        body=Postings.of(_with_names_beside(body, weighed[: len(texts)], owner)),
        corrected={
            phonetic(text): place
            for place, one in enumerate(procedures)
            for _, text in one.corrected
        },
    )


def _shares(weighed: sparse.csr_matrix, model: TermModel) -> sparse.csr_matrix:
    """Names × stems: how much of the name's weight each of its stems has."""
    shares = weighed.copy()
    shares.data = model.idf[shares.indices]
    totals = np.asarray(shares.sum(axis=1)).ravel()
    shares.data /= np.repeat(totals, np.diff(shares.indptr))
    return shares.astype(np.float32)


def _with_names_beside(
    body: sparse.csr_matrix, weighed: sparse.csr_matrix, owner: npt.NDArray[np.int32]
) -> sparse.csr_matrix:
    """The records' weights, and next to nothing where a name alone has the stem."""
    named = sparse.csr_matrix(
        (np.ones(len(owner)), (owner, np.arange(len(owner)))), (body.shape[0], len(owner))
    )
    beside = (named @ weighed).tocsr()
    beside.data[:] = _NEXT_TO_NOTHING
    return (body + beside).tocsr().astype(np.float32)


def _bm25(procedures: list[Procedure], model: TermModel) -> sparse.csr_matrix:
    """Okapi BM25 term weights (Robertson and Zaragoza 2009), k1 = 1.2, b = 0.75."""
    rows, columns, often = [], [], []
    for row, one in enumerate(procedures):
        for term, count in Counter(stems(_text(one))).items():
            rows.append(row)
            columns.append(model.vocabulary[term])
            often.append(count)
    shape = len(procedures), len(model.vocabulary)
    counts = sparse.csr_matrix((often, (rows, columns)), shape=shape, dtype=np.float32)
    length = np.asarray(counts.sum(axis=1)).ravel()
    repeated = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norm = 1.2 * (0.25 + 0.75 * length / max(1.0, float(length.mean())))
    counts.data = counts.data * 2.2 / (counts.data + norm[repeated]) * model.idf[counts.indices]
    return counts.astype(np.float32)


def _called(procedure: Procedure) -> Iterator[str]:
    """What a procedure is called: its titles first, then its everyday names."""
    return (text for _, text in _called_in(procedure))


def _called_in(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """The same, each with its language."""
    yield "el", procedure.official_title
    yield from procedure.title.items()
    for language, found in procedure.names.items():
        yield from ((language, name) for name in found)


def _names(place: int, procedure: Procedure, asked: dict[str, tuple[str, ...]]) -> Iterator[Name]:
    official = {procedure.official_title, *procedure.title.values()}
    about = [
        (language, lexicon().read(text).about)
        for language, texts in asked.items()
        for text in texts
    ]
    short = ((one, " ".join(said)) for one, said in about if len(said) <= _LONGEST_NAME)
    corrected = ((language, _topic(language, text)) for language, text in procedure.corrected)
    seen: set[str] = set()
    for language, text in (*_called_in(procedure), *short, *corrected):
        if (key := phonetic(text)) and key not in seen:
            seen.add(key)
            yield Name(place, text, language, text in official)


def _topic(language: str, question: str) -> str:
    return " ".join(lexicon(language).read(question).about) or question


def _text(procedure: Procedure) -> str:
    facts = (getattr(procedure, name) for name in content.FACT_FIELDS if name != "law")
    return " ".join(
        [
            procedure.official_title,
            *procedure.summary.values(),
            *(text for group in facts for fact in group for text in fact.text.values()),
        ]
    )


def _groups(procedures: list[Procedure], called: list[Name]) -> list[list[str]]:
    groups: list[list[str]] = [[] for _ in procedures]
    for name in called:
        groups[name.procedure].append(name.text)
    for group, procedure in zip(groups, procedures, strict=True):
        group += [text[:200] for text in procedure.summary.values()]
        group += [fact.text["el"][:120] for fact in procedure.documents[:3] if "el" in fact.text]
    return [list(dict.fromkeys(group)) for group in groups]


def _siblings(procedures: list[Procedure]) -> list[list[int]]:
    """For each procedure the places of those whose titles share most of its words."""
    titles = [f"{one.official_title} {one.title.get('el', '')}" for one in procedures]
    _, weighed = TermModel.fit(titles, stems)
    found: list[list[int]] = []
    for start in range(0, len(procedures), _AT_ONCE):
        alike = (weighed[start : start + _AT_ONCE] @ weighed.T).tocsr()
        for row, (begin, end) in enumerate(pairwise(alike.indptr)):
            places, shared = alike.indices[begin:end], alike.data[begin:end]
            near = np.argsort(-shared, kind="stable")
            near = near[(shared[near] > _SIBLING) & (places[near] != start + row)]
            found.append(places[near[:_SIBLINGS]].tolist())
    return found


def _samples(procedures: list[Procedure]) -> tuple[list[str], list[str]]:
    """Greek and English texts, for the language identifier."""
    found: dict[str, list[str]] = {"el": [], "en": []}
    for one in procedures[:600]:
        for language, texts in found.items():
            texts += [one.title.get(language, ""), one.summary.get(language, "")]
            texts += one.names.get(language, ())
    for language, texts in found.items():
        texts += lexicon().phrases(language) * _PHRASES_WEIGH
    return found["el"], found["en"]


def _other_samples() -> dict[str, list[str]]:
    """Texts in the other languages, for the language identifier."""
    found: dict[str, list[str]] = {
        language: lexicon(language).phrases(language) * _PHRASES_WEIGH
        for language in languages()
        if language not in ("el", "en")
    }
    for called in names.load().values():
        for language, texts in called.items():
            if language in found:
                found[language] += texts
    return found


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
