"""Names and sizes of files, what starting up loads, and what templates may hold."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted(
    path for folder in ("src", "tools", "tests") for path in (ROOT / folder).rglob("*.py")
)
CODE = [path for path in OURS if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "src").rglob("templates/**/*.html"))
LONGEST = 600  # lines


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_has_a_name_that_says_nothing():
    assert [
        short(path) for path in OURS if re.search(r"util|helper|service|misc|common", path.stem)
    ] == []


def test_no_file_grows_forever():
    assert [short(path) for path in CODE if len(path.read_text().splitlines()) > LONGEST] == []


def test_no_file_knows_where_it_was_written():
    told = re.compile(r"(/home/|/root/|/Users/)\w|/work/|/tmp/wt")

    found = [
        short(path) for path in CODE if path != Path(__file__) and told.search(path.read_text())
    ]

    assert found == []


@pytest.mark.slow
def test_starting_the_server_loads_neither_numba_nor_ortools():
    program = (
        "import sys, kepu.config.wsgi\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print([name for name in ('numba', 'ortools', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.slow
def test_what_requests_compute_themselves_loads_no_numba():
    """Loading it takes seconds, which only a worker has: studies, targets and designs do without."""
    program = (
        "import sys\n"
        "from kepu_engines.survey import capacity, effects, trend\n"
        "from kepu_engines.survey.sampling import coordination\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert done.stdout.strip() == "False", done.stderr


def routes(patterns=None) -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns)
        else:
            found[f"{pattern.name}: {pattern.pattern}"] = pattern
    return found


def test_every_view_of_ours_has_a_name_and_says_what_it_shows():
    silent = [
        name
        for name, pattern in routes().items()
        if getattr(pattern.callback, "__module__", "").startswith("kepu.")
        and not (pattern.name and pattern.callback.__doc__)
    ]

    assert silent == []


def test_no_two_addresses_share_a_name_and_a_form():
    names = [name for name, pattern in routes().items() if pattern.name]

    assert len(names) == len(set(names))


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
DATA_ISLAND = re.compile(r'<script[^>]*type="application/json"', re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_no_template_holds_script_or_style_that_the_content_policy_forbids(path):
    found = [
        line.strip()
        for line in path.read_text().splitlines()
        if INLINE.search(DATA_ISLAND.sub("", line))
    ]

    assert found == []


def test_python_3_11_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["project"]["requires-python"] == ">=3.11"


def test_lock_files_record_no_address():
    for path in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in path.read_text(), path.name
    for path in ROOT.glob("frontend/package-lock.json"):
        assert '"resolved": "http' not in path.read_text()
