"""The environment of Rasa's processes: where things are, and quiet.

`python -m bot.rasa.environment` prints it for a shell, so that Rasa's own commands work too:

    eval "$(python -m bot.rasa.environment)"
    rasa shell
"""

from __future__ import annotations

import math
import os
import shlex
import sys
from pathlib import Path

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
}
SMALL = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
ACTIONS_PORT = 5055
TURN_S = 10.0
LOCK_SPARE_S = 10
"""How much longer than a turn its lock lasts, which a server that dies in it leaves in Redis."""


def environment(
    home: Path, actions_port: int = ACTIONS_PORT, turn_s: float = TURN_S
) -> dict[str, str]:
    """What Rasa's processes need beside the settings.

    Where the tracker and the locks are kept can be set (`ARIADNE_TRACKER_URL`, a database's URL;
    `ARIADNE_LOCK_STORE`, `in_memory` or `redis`; `ARIADNE_LOCK_HOST`, `ARIADNE_LOCK_PORT`,
    `ARIADNE_LOCK_PASSWORD`), as can the log levels.

    Args:
        home: the folder of all state.
        actions_port: where the action server listens on loopback.
        turn_s: the longest that a turn may take.
    """
    home = home.resolve()
    settable = {
        **QUIET,
        **SMALL,
        "ARIADNE_TRACKER_URL": f"sqlite:///{home / 'trackers.db'}",
        "ARIADNE_LOCK_STORE": "in_memory",
        "ARIADNE_LOCK_HOST": "localhost",
        "ARIADNE_LOCK_PORT": "6379",
        "ARIADNE_LOCK_PASSWORD": "",
        "TICKET_LOCK_LIFETIME": str(math.ceil(turn_s) + LOCK_SPARE_S),
        "RASA_CACHE_DIRECTORY": str(home / "rasa-cache"),
    }
    return {
        **{name: os.environ.get(name) or value for name, value in settable.items()},
        "ARIADNE_HOME": str(home),
        "ARIADNE_ACTIONS_PORT": str(actions_port),
        "SANIC_HOST": "127.0.0.1",
    }


def home() -> Path:
    """The folder of all state: the setting `ARIADNE_HOME`, or `var/`."""
    return Path(os.environ.get("ARIADNE_HOME") or "var").resolve()


if __name__ == "__main__":
    port = int(os.environ.get("ARIADNE_ACTIONS_PORT") or ACTIONS_PORT)
    sys.stdout.writelines(
        f"export {name}={shlex.quote(value)}\n" for name, value in environment(home(), port).items()
    )
