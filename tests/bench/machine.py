"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

_INFORMATION = Path("/proc/cpuinfo")


def describe() -> dict[str, Any]:
    """The machine as it is now.

    `load_before` is what others do on it, over 1, 5 and 15 minutes; where Python is told to keep no
    bytecode (`keeps_bytecode`), every start may compile all its modules anew.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "keeps_bytecode": not sys.dont_write_bytecode,
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    lines = _INFORMATION.read_text().splitlines() if _INFORMATION.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
