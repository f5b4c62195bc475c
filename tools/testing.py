"""Every test, on the database that DATABASE_URL names. `make test` calls this.

Extra words are handed to pytest: python -m tools.testing tests/kepu/orders -x
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(words: list[str]) -> int:
    print(f"database: {database()}", flush=True)
    print(browser(), flush=True)
    # A file stays in one process, so that what it loads once is loaded once.
    spread = [
        "--ignore=tests/benchmarks",  # they start servers and load cities: `pytest tests/benchmarks`
        "-n",
        os.environ.get("TEST_PROCESSES", "2"),
        "--dist",
        "loadfile",
    ]
    command = [sys.executable, "-m", "pytest", *spread, *words]
    return subprocess.call([*command, *without_browser()], cwd=ROOT, stdin=subprocess.DEVNULL)


def database() -> str:
    url = os.environ.get("DATABASE_URL", "")
    parts = urlsplit(url)
    return f"PostgreSQL at {parts.hostname}:{parts.port or 5432}" if url else "SQLite"


def chromium() -> str | None:
    """The browser that journeys drive: CHROMIUM, or the first on PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def browser() -> str:
    found = chromium()
    if found:
        return f"browser: {found}; journeys are run"
    return "browser: no Chromium on PATH; JOURNEYS ARE SKIPPED (on Debian: apt install chromium)"


def without_browser() -> list[str]:
    return [] if chromium() else ["-m", "not journey"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
