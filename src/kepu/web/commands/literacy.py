"""`kepu literacy run PLAN.yaml`: from raw answers to published tables in one reproducible run."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_, say

EXAMPLE = """\
kepu literacy example survey
kepu literacy run survey/plan.yaml --out results"""


def main(arguments: list[str]) -> int:
    """Carry out a plan, or write an invented survey to try it on. 2 means the input was refused."""
    asked = _parser().parse_args(arguments)
    errors = import_module("kepu_engines.core.errors")
    progress = Progress(sys.stderr)
    try:
        return _example(asked) if asked.deed == "example" else _run(asked, progress)
    except (errors.EngineError, OSError) as error:
        print(f"kepu literacy {asked.deed}: {error}", file=sys.stderr)
        return 2
    finally:
        progress.finish()


def _run(asked: argparse.Namespace, progress: Progress) -> int:
    running = import_module("kepu.literacy.run.running")
    told = running.run(asked.plan, asked.out, with_r=asked.r, progress=progress)
    print(json.dumps({**told, "out": str(asked.out)}, ensure_ascii=False))
    return 0


def _example(asked: argparse.Namespace) -> int:
    import_module("kepu.literacy.run.example").write(asked.folder, seed=asked.seed)
    print(
        say(n_("Written. Try: kepu literacy run %s --out results")) % (asked.folder / "plan.yaml")
    )
    return 0


def _parser() -> Parser:
    top = Parser(
        prog="kepu literacy",
        description=n_("Turn the answers of a literacy survey into published tables."),
        example=EXAMPLE,
    )
    deeds = top.add_subparsers(dest="deed", metavar="DEED", required=True)
    run = deeds.add_parser(
        "run", help=n_("carry out a plan: weights, figures, districts, report, hand-over to R")
    )
    run.add_argument("plan", type=Path, help=n_("the plan, in YAML; its files lie beside it"))
    run.add_argument(
        "--out", type=Path, required=True, help=n_("folder of results; an earlier run is replaced")
    )
    run.add_argument("--r", action="store_true", help=n_("let R find the same figures"))
    example = deeds.add_parser(
        "example", help=n_("write an invented survey on the real frame of divisions")
    )
    example.add_argument("folder", type=Path, help=n_("a new folder"))
    example.add_argument(
        "--seed", type=int, default=20260901, help=n_("another seed, other people")
    )
    return top
