"""`python -m benchmarks.chunks`: a Parquet file estimated in chunks, one JSON line.

The file of a made-up survey, and one with a tenth of its rows, go through `kepu survey estimate
--chunk`, each in a process of its own; the whole file also at once. Answers must be the same, and the
peak of memory must not grow with the rows.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import beside, line
from benchmarks.survey import sample

ONCE = """
import contextlib, csv, importlib.metadata, io, json, resource, sys, time
from kepu_engines.survey.command.estimate import main
file, *more = sys.argv[1:]
design = ["--strata", "stratum", "--psu", "psu", "--weight", "w", "--by", "district"]
written = io.StringIO()
start = time.process_time()
with contextlib.redirect_stdout(written):
    failed = main([file, *design, "--mean", "score", *more])
cpu = time.process_time() - start
if failed:
    sys.exit(failed)
written.seek(0)
rows = sorted(csv.DictReader(written), key=lambda row: int(row["domain"]))
answer = [float(row[name]) for row in rows for name in ("estimate", "se")]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
version = f"polars {importlib.metadata.version('polars')}"
print(json.dumps(dict(cpu=cpu, peak=peak, answer=answer, version=version)))
"""
BARS: line.Bars = {"apart": ("<=", 1e-12), "peak_growth": ("<=", 1.1), "growth": ("<=", 11)}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chunks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--chunk", type=int, default=20_000, help="rows held at a time")
    options = parser.parse_args(words)
    chunked = ["--chunk", str(options.chunk)]
    with tempfile.TemporaryDirectory() as folder:
        large = written(Path(folder), options.rows, options.chunk)
        small = written(Path(folder), options.rows // 10, options.chunk)
        once(
            small, chunked
        )  # compiled kernels are kept on disk, so that no run that counts makes them
        few, many, whole = (
            once(*words) for words in ((small, chunked), (large, chunked), (large, []))
        )
    about = {"rows": [options.rows // 10, options.rows], "chunk": options.chunk}
    figures, programs = held(few, many, whole), {"kepu": many["version"]}
    line.tell("chunks", figures, BARS, **about, programs=programs)
    return 0


def held(few: beside.Run, many: beside.Run, whole: beside.Run) -> dict[str, object]:
    """Figures of a tenth and of all rows in chunks, and of all at once."""
    apart = np.max(np.abs(np.array(many["answer"]) / np.array(whole["answer"]) - 1))
    return {
        "cpu_s": round(many["cpu"], 2),
        "peak_mib": round(many["peak"]),
        "peak_of_a_tenth_mib": round(few["peak"]),
        "peak_at_once_mib": round(whole["peak"]),
        "peak_growth": many["peak"] / few["peak"],
        "growth": many["cpu"] / few["cpu"],
        "apart": float(apart),
    }


def written(folder: Path, rows: int, chunk: int) -> str:
    """A made-up survey as Parquet, its groups of rows as long as a chunk."""
    import polars

    file = folder / f"{rows}.parquet"
    polars.DataFrame(sample(rows)).write_parquet(file, row_group_size=chunk)
    return str(file)


def once(file: str, more: list[str]) -> beside.Run:
    found = beside.once("chunks", [sys.executable, "-c", ONCE, file, *more])
    if found is None:
        raise SystemExit(f"chunks: {file} could not be estimated")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
