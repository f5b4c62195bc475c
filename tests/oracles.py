"""Answers of other programs and data that are not shipped, for tests to be held against.

Where a program or a file is absent the test is skipped, and says which.
"""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

# Data beside this repository, or beside the folder it is in.
_BESIDE = [place / "shared" / "data" for place in Path(__file__).resolve().parents[2:4]]
SHARED = Path(os.environ.get("SHARED_DATA") or next(filter(Path.exists, _BESIDE), _BESIDE[0]))

# A script calls tell(name, numbers); what it told comes back as a dict of lists.
PRELUDE = """
suppressMessages(library(survey))
told <- character()
tell <- function(name, x) told <<- c(told, paste0('"', name, '":[',
  paste(gsub("^NA$", "NaN", sprintf("%.17g", as.numeric(unlist(x)))), collapse=","), "]"))
"""
CLOSE = '\ncat(paste0("{", paste(told, collapse=","), "}"), file="told.json")\n'


def shared(name):
    """Path of a file of the shared data, or a skip in words."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here; it may not be shipped")
    return path


def in_r(script, place, **given):
    """What an R script told, run in the folder `place` with `given` as variables; needs R's survey."""
    if shutil.which("Rscript") is None:
        pytest.skip("needs R with its survey package: r-base-core, r-cran-survey")
    words = "".join(f"{name} <- '{word}'\n" for name, word in given.items())
    file = place / "script.R"
    file.write_text(PRELUDE + words + script + CLOSE, encoding="utf-8")
    run = subprocess.run(
        ["Rscript", file.name], cwd=place, check=False, capture_output=True, text=True
    )
    if "no package called" in run.stderr:
        pytest.skip("needs R's survey package: r-cran-survey")
    assert run.returncode == 0, run.stderr
    return json.loads((place / "told.json").read_text())


def columns_of(path):
    """Columns of a CSV file as arrays of words."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def numbers(column):
    """Words as numbers; missing ones as NaN."""
    return np.where((column == "NA") | (column == ""), "nan", column).astype(float)
