"""`kepu literacy run PLAN.yaml`: from raw answers to published tables in one reproducible run."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_, say

RESULTS = "results"  # beside the plan, unless another folder is named
EXAMPLE = """\
kepu literacy example survey
kepu literacy run survey/plan.yaml
kepu literacy keep survey/results --by survey.officer"""


def main(arguments: list[str]) -> int:
    """Carry out a plan, or write an invented survey to try it on. 2 means the input was refused."""
    asked = _parser().parse_args(arguments)
    errors = import_module("kepu_engines.core.errors")
    progress = Progress(sys.stderr)
    if asked.deed == "keep":
        return _keep(asked)
    try:
        return _example(asked) if asked.deed == "example" else _run(asked, progress)
    except (errors.EngineError, OSError) as error:
        print(f"kepu literacy {asked.deed}: {errors.told(error)}", file=sys.stderr)
        return 2
    finally:
        progress.finish()


def _run(asked: argparse.Namespace, progress: Progress) -> int:
    running = import_module("kepu.literacy.run.running")
    out, with_r = asked.out or asked.plan.parent / RESULTS, asked.r
    if with_r is None:
        with_r = import_module("kepu.literacy.run.handing").missing() is None
    told = running.run(asked.plan, out, with_r=with_r, progress=progress)
    print(json.dumps({**told, "out": str(out)}, ensure_ascii=False))
    return 0


def _example(asked: argparse.Namespace) -> int:
    import_module("kepu.literacy.run.example").write(asked.folder, seed=asked.seed)
    print(say(n_("Written. Try: kepu literacy run %s")) % (asked.folder / "plan.yaml"))
    return 0


def _keep(asked: argparse.Namespace) -> int:
    """Bring a run into the city, where a second officer can publish it."""
    from kepu.web import starting

    starting.start_city()
    from kepu.kernel import clock
    from kepu.kernel.divisions import queries as divisions
    from kepu.literacy.actions import runs
    from kepu.web.actions import known_login

    place, by = divisions.at(asked.place), known_login(asked.by)
    run = runs.keep_run(asked.folder, place=place, by=by, now=clock.now())
    print(say(n_("Kept as run %s. Open /survey/runs/ to propose it.")) % run.pk)
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
        "--out",
        type=Path,
        help=n_(
            "folder of results, `results` beside the plan unless named; an earlier run is replaced"
        ),
    )
    run.add_argument(
        "--r",
        action=argparse.BooleanOptionalAction,
        help=n_(
            "let R find the same figures; unless said, it is done where R and its package survey are"
        ),
    )
    keep = deeds.add_parser("keep", help=n_("bring results into the city, for officers to publish"))
    keep.add_argument("folder", type=Path, help=n_("the folder that `run` wrote"))
    keep.add_argument("--by", required=True, help=n_("who keeps it: the login of a survey officer"))
    keep.add_argument("--place", default="50.", help=n_("path of the place that was surveyed"))
    example = deeds.add_parser(
        "example", help=n_("write an invented survey on the real frame of divisions")
    )
    example.add_argument("folder", type=Path, help=n_("a new folder"))
    example.add_argument(
        "--seed", type=int, default=20260901, help=n_("another seed, other people")
    )
    return top
