"""`kepu survey irt RESPONSES.csv --model 2pl`: the survey engine's commands; Django stays asleep."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_

EXAMPLE = "kepu survey irt responses.csv --model 2pl"
# Each analysis, its module in the engine, and its one line of help.
ANALYSES = {
    "irt": ("kepu_engines.survey.command.irt", n_("estimate an item response model from answers")),
}
# The engine's own words, named here so that they stand in the catalogue.
WORDS = (
    n_("Estimate an item response model; prints one JSON object."),
    n_("CSV: a row for each person, empty is missing"),
    n_("column of design weights"),
    n_("column that names the person, each once"),
    n_("3pl: normal prior on the logit of guessing"),
)


def main(arguments: list[str]) -> int:
    """Hand the words on to the analysis they name; how far it is goes beside its answer."""
    if not arguments or arguments[0] not in ANALYSES:
        _parser().parse_args(arguments)  # says what there is, or what is wrong, and ends
    module, _summary = ANALYSES[arguments[0]]
    progress = Progress(sys.stderr)
    try:
        return int(import_module(module).main(arguments[1:], progress, _own) or 0)
    finally:
        progress.finish()


def _parser() -> Parser:
    top = Parser(
        prog="kepu survey", description=n_("Analyse a survey from CSV files."), example=EXAMPLE
    )
    analyses = top.add_subparsers(dest="analysis", metavar="ANALYSIS", required=True)
    for name, (_module, summary) in ANALYSES.items():
        analyses.add_parser(name, help=summary)
    return top


def _own(**words: Any) -> Parser:
    return Parser(example=EXAMPLE, **words)
