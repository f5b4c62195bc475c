"""An invented survey and its run, made once: tests look at them, and copy what they change."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kepu.literacy.run import example, handing, running


@pytest.fixture(scope="session")
def survey(tmp_path_factory) -> Path:
    """The folder of an invented survey, with fewer replicates than one would take."""
    folder = tmp_path_factory.mktemp("survey") / "example"
    example.write(folder, replicates=60)
    return folder


@pytest.fixture(scope="session")
def results(survey, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out") / "results"
    running.run(survey / "plan.yaml", out)
    return out


@pytest.fixture
def no_r(monkeypatch) -> None:
    """A server on which there is no R."""
    monkeypatch.setattr(handing, "missing", lambda: "R")


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
