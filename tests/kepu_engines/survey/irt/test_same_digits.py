"""Last digits do not tell which process compiled."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kepu_engines.survey.irt.posterior import EXACT

ENGINES = Path(__file__).parents[4] / "src" / "kepu_engines"
HARMLESS = {"nnan", "nsz"}  # leave every number as it is; others let a sum come in another order
DIGITS = """
import hashlib, numpy as np
from kepu_engines.survey.irt import posterior
chance = np.random.default_rng(5)
row = (chance.integers(0, 40, (5000, 6)) + 40 * np.arange(6)).astype(np.int32)
values, weight = np.log(chance.random((240, 61))), chance.random(5000) + 0.5
found = (*posterior._expect(row, weight, values, 2), *posterior.posteriors(row[:500], values))
print(sum(posterior._expect.stats.cache_hits.values()))
print(hashlib.sha256(b"".join(map(bytes, found))).hexdigest())
"""


def told(folder: Path) -> list[str]:
    here = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", DIGITS], capture_output=True, text=True, check=True, env=here
    ).stdout.split()


@pytest.mark.slow
def test_a_process_that_compiles_and_one_that_finds_it_compiled_have_the_same_digits(tmp_path):
    (found, fresh), (again, kept) = told(tmp_path), told(tmp_path)

    assert (found, again) == ("0", "1")
    assert fresh == kept


def test_no_engine_lets_the_compiler_put_sums_in_another_order():
    loose = [
        file.name
        for file in ENGINES.rglob("*.py")
        if re.search(r"fastmath=(?!EXACT\b)", file.read_text("utf-8"))
    ]
    assert loose == []
    assert EXACT <= HARMLESS
