"""What a run stood on, so that it can be run again to the same bytes, and checked that it was."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kepu.literacy.run.plan import Plan

LIBRARIES = (
    "kepu", "numpy", "scipy", "numba", "polars", "xlsxwriter", "pyreadstat", "typst",
    "noto-cjk-sans-otc",
)  # fmt: skip
# What makes the files of a run, by package: its programs, the report's template, the map's outlines.
PROGRAMS = (
    ("kepu.literacy.run", "**/*.py"),
    ("kepu.literacy", "typst/methods.typ"),
    ("kepu_engines.survey", "**/*.py"),
    ("kepu_engines.core", "**/*.py"),
    ("kepu.kernel", "tables.py"),
    ("kepu.kernel.divisions", "outlines.py"),
    ("kepu.kernel.divisions", "frame.py"),
    ("kepu.kernel.divisions", "data/boundaries_*"),
    ("kepu.ui", "outlines.py"),
)
FILE = "run.json"
UNKNOWN = "unknown"  # of a source tree that was not installed: the digest of its code tells it


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def inputs(plan_file: Path, plan: Plan) -> dict[str, str]:
    """Digests of the plan and of every file it names."""
    named = [plan_file.name, *plan.files()]
    return {name: digest(plan_file.parent / name) for name in named}


def versions() -> dict[str, str]:
    """Of the code and of what its numbers hang on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = UNKNOWN
    return found


@cache
def code() -> str:
    """A digest of all that makes the files of a run: what a version's number alone does not tell."""
    return digest_of((package, source(package), files) for package, files in PROGRAMS)


def source(package: str) -> Path:
    """The folder of a package."""
    return Path(str(resources.files(package)))


def digest_of(programs: Iterable[tuple[str, Path, str]]) -> str:
    """Of files by their names and bytes: for each package its folder, and which files of it count."""
    whole = hashlib.sha256()
    for package, folder, files in programs:
        for file in sorted(folder.glob(files)):
            content = file.read_bytes()
            whole.update(
                f"{package} {file.relative_to(folder).as_posix()} {len(content)}\n".encode()
            )
            whole.update(content)
    return whole.hexdigest()


def words(read: dict[str, str], plan: Plan) -> str:
    """One paragraph for the report; its last word stands for the whole of what was read."""
    whole = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
    say = plan.tongue
    files = say("；", "; ").join(f"{name} {value[:12]}" for name, value in read.items())
    known = [(name, number) for name, number in versions().items() if number != UNKNOWN]
    programs = [*known, (say("代码", "code"), code()[:12])]
    used = say.listed([f"{name} {number}" for name, number in programs])
    return say(
        f"种子 {plan.seed}；输入文件（SHA-256 前 12 位）：{files}；程序：{used}；输入合计 {whole}",
        f"Seed {plan.seed}; files read (first 12 digits of SHA-256): {files}; programs: {used}; "
        f"all that was read: {whole}",
    )


def write(folder: Path, plan: Plan, read: dict[str, str], told: dict[str, Any]) -> None:
    """Write what went in, what came out, and with which versions."""
    made = {
        str(file.relative_to(folder)): digest(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    record = {
        "title": plan.title,
        "year": plan.year,
        "synthetic": plan.synthetic,
        "framework": plan.framework.name,
        "rules": plan.rules and plan.rules.model_dump(),
        "scoring": plan.framework.model_dump(exclude_defaults=True),
        "level": plan.level,
        "seed": plan.seed,
        "versions": versions(),
        "code": code(),
        "inputs": read,
        **told,
        "outputs": made,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=False)
    (folder / FILE).write_text(text + "\n", "utf-8")
