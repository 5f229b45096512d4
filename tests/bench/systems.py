"""The two assistants as they are started: a bare Rasa server, and ours by `make run`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tests.bench.processes import BenchError, System, free_port

ROOT = Path(__file__).parents[2]
PROJECT = Path(__file__).parent / "bare_rasa"
NO_LIMIT = "10000000"
RAISED_LIMITS = {"ARIADNE_CONVERSATION_RATE": NO_LIMIT, "ARIADNE_GLOBAL_RATE": NO_LIMIT}
PATIENCE_S = "75"
"""By default the action server closes a connection on which nothing came for five seconds. Where
Rasa is so busy that it connects and writes later than that, messages get lost."""
OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
"""Set by a `make` around this process, and not wanted in the one below it."""


def bare(home: Path) -> System:
    """The bare Rasa server and its action server, trained where stale.

    Args:
        home: a folder of the benchmark's own.

    Raises:
        BenchError: Rasa could not train.
    """
    environment = _environment(
        RASA_TELEMETRY_ENABLED="false",
        RASA_CACHE_DIRECTORY=str(home / "cache"),
        SANIC_HOST="127.0.0.1",
        SANIC_KEEP_ALIVE_TIMEOUT=PATIENCE_S,
        BARE_ACTIONS_PORT=str(free_port()),
    )
    model, port = _trained(home, environment), str(free_port())
    rasa = (sys.executable, "-m", "rasa", "run")
    server = (*rasa, "--interface", "127.0.0.1", "--port", port, "--model", str(model))
    actions = (*rasa, "actions", "--port", environment["BARE_ACTIONS_PORT"])
    return System(
        name="bare Rasa",
        assistant="bare",
        url=f"http://127.0.0.1:{port}",
        commands=(server, actions),
        environment=environment,
        folder=PROJECT,
        log=home / "bare.log",
        first_question="what time is it?",
    )


def ariadne(home: Path, made: Path) -> System:
    """The whole assistant, by `make run`.

    Args:
        home: a folder of the benchmark's own; its conversations are not those of `made`.
        made: the home whose index and model are used.
    """
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for part in ("index", "models"):
        (made / part).mkdir(parents=True, exist_ok=True)
        (home / part).symlink_to((made / part).resolve(), target_is_directory=True)
    port = free_port()
    environment = _environment(ARIADNE_HOME=str(home), PORT=str(port), **RAISED_LIMITS)
    return System(
        name="Ariadne",
        assistant="ariadne",
        url=f"http://127.0.0.1:{port}",
        commands=(("make", "--silent", "run"),),
        environment=environment,
        folder=ROOT,
        log=home / "make_run.log",
        first_question="τι χρειάζομαι για διαβατήριο;",
    )


def _environment(**extra: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    return {**ours, **extra}


def _trained(home: Path, environment: dict[str, str]) -> Path:
    model = home / f"{_fingerprint()}.tar.gz"
    if model.is_file():
        return model
    home.mkdir(parents=True, exist_ok=True)
    print("Training the bare assistant, once (about a minute) …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "rasa", "train", "--out", str(home)]
    log = home / "train.log"
    with log.open("wb") as output:
        subprocess.run(
            [*command, "--fixed-model-name", model.name.removesuffix(".tar.gz")],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not model.is_file():
        raise BenchError(f"The bare assistant could not be trained; see {log}")
    return model


def _fingerprint() -> str:
    digest = hashlib.sha256(version("rasa").encode())
    for path in sorted([*PROJECT.glob("*.yml"), *PROJECT.glob("data/*.yml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
