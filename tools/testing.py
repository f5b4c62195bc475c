"""Every test, on the database that DATABASE_URL names. `make test` calls this.

Extra words are handed to pytest: python -m tools.testing tests/kepu/orders -x
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
# The one without windows first: it opens a page for less than half of the others' processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
JOURNEYS = ("tests/journeys/", "tests/kepu/ui/test_in_a_browser.py")
# What asks nothing of the database that DATABASE_URL names: engines, files, and cities on a SQLite of
# their own. On PostgreSQL it would be tried a second time, for minutes, and show the same.
WITHOUT_DATABASE = (
    "tests/kepu_engines",
    "tests/benchmarks",
    "tests/kepu/literacy/run",
    "tests/kepu/web/test_backup.py",
    "tests/kepu/web/test_demo_again.py",
    "tests/kepu/web/test_demo_city.py",
    "tests/kepu/web/test_shell.py",
)
# How pages look is looked at once; that PostgreSQL answers each of them, the English pages show.
LOOKS = ("tests/journeys/test_every_page.py",)
FEW = 3  # journeys that may need a second try; more of them are no accident


def main(words: list[str]) -> int:
    print(f"database: {database()}", flush=True)
    print(browser(), flush=True)
    away = left_out(words)
    if away:
        print("left to a run on SQLite, which they are tried on:", *away, flush=True)
    ignored = [f"--ignore={path}" for path in away]
    code = run([*spread(), *order(), *ignored, *words, *without_browser()])
    again = failed() if code == 1 else []
    if not 0 < len(again) <= FEW or not all(name.startswith(JOURNEYS) for name in again):
        return code
    # A browser is a program of somebody else's and now and then hangs on a busy machine. It gets a
    # second try, alone, and whoever needed one is named.
    print("\ntried again, alone:", *again, sep="\n  ", flush=True)
    return run(again)


def run(words: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.call(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=surroundings())


def surroundings() -> dict[str, str]:
    """There is a process of tests for each processor: threads of linear algebra only get in the way.

    And a hundred processes that are begun need not compile all of Kepu each for itself.
    """
    given = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    return given


def failed() -> list[str]:
    """The tests that failed in the run that has just ended."""
    kept = ROOT / ".pytest_cache/v/cache/lastfailed"
    return sorted(json.loads(kept.read_text())) if kept.exists() else []


def spread() -> list[str]:
    # A file stays in one process, so that what it loads once is loaded once.
    return [
        "--ignore=tests/benchmarks/test_running.py",  # starts servers and loads a city
        "-n",
        os.environ.get("TEST_PROCESSES", "2"),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",  # by the number of tests; tests/conftest.py begins with what takes long
    ]


def order() -> list[str]:
    """Tests are shuffled, by the commit: who runs the same commit again meets the same order."""
    asked = ["git", "rev-parse", "--short=7", "HEAD"]
    try:
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []  # no repository: any order
    return [f"--randomly-seed={int(told.strip(), 16)}"]


def left_out(words: list[str]) -> tuple[str, ...]:
    """What another database than SQLite has no part in, unless somebody asks for paths by name."""
    named = any(word.startswith("tests") for word in words)
    return WITHOUT_DATABASE + LOOKS if os.environ.get("DATABASE_URL") and not named else ()


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
    return (
        "browser: no Chromium on PATH; JOURNEYS ARE SKIPPED"
        " (on Debian: apt install chromium-headless-shell)"
    )


def without_browser() -> list[str]:
    return [] if chromium() else ["-m", "not journey"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
