"""Everything that can be checked without running a test. `make check` calls this.

Every check is run, whatever the others say; one line each, and what a failed one printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = [name for name in ("src", "tests", "tools", "benchmarks") if (ROOT / name).is_dir()]
PROSE = [name for name in ("README.md", "CONTRIBUTING.md", "docs") if (ROOT / name).exists()]

CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "--quiet", *CODE],
    "format": ["ruff", "format", "--check", "--quiet", *CODE],
    "types": ["mypy", "--no-error-summary", "src/kepu_engines", "src/kepu"],
    "import contracts": ["lint-imports"],
    "migrations": ["python", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "translations": ["python", "tools/messages.py", "check"],
    "spelling": ["codespell", *CODE, *PROSE],
}


def main() -> int:
    failed = [title for title, command in CHECKS.items() if not passes(title, command)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def passes(title: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        [BIN / command[0], *existing(command[1:])],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    print(f"{'FAILED' if done.returncode else 'ok':6}  {title} ({seconds:.0f} s)", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def existing(words: list[str]) -> list[str]:
    """Without folders of ours that are not there (yet)."""
    return [word for word in words if not word.startswith("src/") or (ROOT / word).exists()]


def environment() -> dict[str, str]:
    """Settings of the tests, which need no database, and a data folder that nobody misses."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "kepu.config.settings_test",
        "KEPU_TEST_DATA": str(Path(tempfile.gettempdir()) / "kepu-checks"),
        "DATABASE_URL": "",
    }


if __name__ == "__main__":
    sys.exit(main())
