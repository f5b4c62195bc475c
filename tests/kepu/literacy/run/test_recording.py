"""The digest of the code: whatever can change a file of a run changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kepu.literacy.run import recording

# Files that figures, tables, report and map hang on, by the package they lie in.
MAKERS = [
    ("kepu.literacy", "run/estimating.py"),
    ("kepu.literacy", "typst/methods.typ"),
    ("kepu_engines.survey", "weighting/calibration.py"),
    ("kepu_engines.core", "seeds.py"),
    ("kepu.kernel", "tables.py"),
    ("kepu.kernel.divisions", "outlines.py"),
    ("kepu.kernel.divisions", "data/boundaries_50.geojson"),
    ("kepu.ui", "outlines.py"),
]


def named() -> list[Path]:
    return [
        file.resolve()
        for package, files in recording.PROGRAMS
        for file in recording.source(package).glob(files)
    ]


@pytest.mark.parametrize(("package", "name"), MAKERS)
def test_what_writes_a_file_of_a_run_is_in_the_digest(package, name):
    assert (recording.source(package) / name).resolve() in named()


def test_nothing_is_named_in_vain():
    empty = [one for one in recording.PROGRAMS if not any(recording.source(one[0]).glob(one[1]))]

    assert empty == []


@pytest.mark.parametrize("name", ["methods.typ", "more.typ"])
def test_a_changed_or_added_template_is_another_digest(tmp_path, name):
    shutil.copytree(recording.source("kepu.literacy") / "typst", tmp_path / "typst")
    programs = [("kepu.literacy", tmp_path, "typst/*.typ")]
    before = recording.digest_of(programs)
    file = tmp_path / "typst" / name
    file.write_text((file.read_text("utf-8") if file.exists() else "") + "\n// 1 pt\n", "utf-8")

    assert recording.digest_of(programs) != before


def test_the_fonts_of_the_report_are_named_with_their_version():
    assert recording.versions()["noto-cjk-sans-otc"] not in ("", "unknown")
