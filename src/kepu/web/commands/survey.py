"""`kepu survey estimate ...`, `kepu survey irt ...`: the survey engine's commands; Django sleeps."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_

EXAMPLES = {
    "estimate": "kepu survey estimate data.csv --strata s --psu p --weight w --mean y --by district",
    "irt": "kepu survey irt responses.csv --model 2pl",
}
EXAMPLE = "\n".join(EXAMPLES.values())
# Each analysis, its module in the engine, and its one line of help.
ANALYSES = {
    "estimate": (
        "kepu_engines.survey.command.estimate",
        n_("estimate totals, means, shares, ratios and quantiles of a population"),
    ),
    "irt": ("kepu_engines.survey.command.irt", n_("estimate an item response model from answers")),
}
# The engine's own words, named here so that they stand in the catalogue.
WORDS = (
    n_("Estimate an item response model; prints one JSON object."),
    n_("CSV: a row for each person, empty is missing"),
    n_("column of design weights"),
    n_("column that names the person, each once"),
    n_("3pl: normal prior on the logit of guessing"),
    n_("Estimate a figure of the population by domain; prints CSV."),
    n_("CSV or Parquet: a row for each person asked"),
    n_("column of strata, once for each stage"),
    n_("column of clusters, once for each stage"),
    n_("column of sampling fractions or sizes, once for each stage"),
    n_("what a stratum with one cluster adds; it is refused unless this is named"),
    n_("the total of a column"),
    n_("the mean of a column"),
    n_("the share of ones in a column of 0 and 1"),
    n_("the ratio of two columns' totals"),
    n_("a quantile of a column"),
    n_("column of domains"),
    n_("level of the intervals"),
    n_("interval of a share"),
    n_("withhold domains of fewer rows"),
    n_("print one JSON object instead"),
)


def main(arguments: list[str]) -> int:
    """Hand the words on to the analysis they name; how far it is goes beside its answer."""
    if not arguments or arguments[0] not in ANALYSES:
        _parser().parse_args(arguments)  # says what there is, or what is wrong, and ends
    module, _summary = ANALYSES[arguments[0]]
    progress = Progress(sys.stderr)
    try:
        own = partial(Parser, example=EXAMPLES[arguments[0]])
        return int(import_module(module).main(arguments[1:], progress, own) or 0)
    finally:
        progress.finish()


def _parser() -> Parser:
    top = Parser(
        prog="kepu survey",
        description=n_("Analyse a survey from CSV files."),
        example=EXAMPLE,
    )
    analyses = top.add_subparsers(dest="analysis", metavar="ANALYSIS", required=True)
    for name, (_module, summary) in ANALYSES.items():
        analyses.add_parser(name, help=summary)
    return top
