"""`kepu survey ANALYSIS ...`: the survey engine's commands; Django sleeps."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module

from kepu.web.progress import Progress
from kepu.web.speech import Parser, n_

EXAMPLES = {
    "design": "kepu survey design frame.csv --stratum district --size adults --each 0.03 --share 0.15",
    "draw": (
        "kepu survey draw frame.csv --unit township --take 4 --strata district --size adults"
        " --unit household --take 10 --strata - --size - --seed 7"
    ),
    "weight": (
        "kepu survey weight sample.csv --chance p1 --chance p2 --answered answered --classes district"
        " --margins margins.csv --replicates jackknife --strata district --psu township"
    ),
    "estimate": "kepu survey estimate data.csv --strata s --psu p --weight w --mean y --by district",
    "irt": "kepu survey irt responses.csv --model 2pl --fit",
    "link": "kepu survey link 2020.json 2025.json --method stocking-lord",
    "smallarea": (
        "kepu survey smallarea direct.csv --area district --value estimate --se se"
        " --covariate schooling --people adults --city direct"
    ),
    "index": (
        "kepu survey index districts.csv --district district --indicator venues --indicator staff"
        " --weights entropy --people adults"
    ),
    "segments": (
        "kepu survey segments answers.csv --question news --question venue --question trust"
        " --weight w --strata district --psu community --share literate --by age"
    ),
    "effect": (
        "kepu survey effect measured.csv --group group --wave wave --score score --person key"
        " --cluster school --cost 120000 --reached 900"
    ),
}
EXAMPLE = "\n".join(EXAMPLES.values())
# Each analysis, its module in the engine, and its one line of help.
ANALYSES = {
    "design": (
        "kepu_engines.survey.command.design",
        n_("share out a sample and tell how exact it will be"),
    ),
    "draw": (
        "kepu_engines.survey.command.draw",
        n_("draw a sample in stages, with chances and weights"),
    ),
    "weight": (
        "kepu_engines.survey.command.weight",
        n_("weight a sample, from chances to replicate weights"),
    ),
    "estimate": (
        "kepu_engines.survey.command.estimate",
        n_("estimate totals, means, shares, ratios and quantiles of a population"),
    ),
    "irt": ("kepu_engines.survey.command.irt", n_("estimate an item response model from answers")),
    "link": (
        "kepu_engines.survey.command.link",
        n_("put the items of one year on the scale of another"),
    ),
    "smallarea": (
        "kepu_engines.survey.command.smallarea",
        n_("strengthen figures of areas on few respondents"),
    ),
    "index": (
        "kepu_engines.survey.command.index",
        n_("make an index of districts from indicators"),
    ),
    "segments": (
        "kepu_engines.survey.command.segments",
        n_("find segments of the public who answer alike"),
    ),
    "effect": (
        "kepu_engines.survey.command.effect",
        n_("tell what an activity changed, before and after, with a comparison"),
    ),
}
# The engine's own words, named here so that they stand in the catalogue.
WORDS = (
    n_("Estimate an item response model; prints one JSON object."),
    n_("CSV or Parquet: a row for each person, empty is missing"),
    n_("column of design weights"),
    n_("column that names the person, each once; - if none does"),
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
    n_("coefficients of a regression; columns of words count as 0 and 1 for each but the first"),
    n_("--regress: on the log odds of Y"),
    n_("errors from replicate weights: the columns of this name and a number, as replicate_"),
    n_("CSV of each replicate's factor in the variance, as kepu survey weight writes; or a number"),
    n_("degrees of freedom, where the replicates' own number of them is not wanted"),
    n_("measure replicates from the sample's figure, not from their mean"),
    n_("column of domains"),
    n_("difference of two domains as u-v, with its error; may be given several times"),
    n_(
        "abilities of --persons: eap, map, wle (unless said), or plausible:N values drawn by --seed"
    ),
    n_("of plausible values: the same seed draws the same"),
    n_("add what each item and all together tell at abilities from -4 to 4"),
    n_("CSV or Parquet for the chance of each two units of a list to be drawn together"),
    n_("level of the intervals"),
    n_("interval of a share"),
    n_("withhold domains of fewer rows"),
    n_("print one JSON object instead"),
    n_("Share out a sample over strata and tell how exact it will be; prints CSV."),
    n_("CSV or Parquet: rows with strata and their people"),
    n_("column of strata"),
    n_("column of people, added up by stratum"),
    n_("interviews of all strata together"),
    n_("wanted of the whole, as 0.01 for a point"),
    n_("half-width wanted in every stratum"),
    n_("by people, by Neyman's optimum for the whole, or by a power of the people"),
    n_("of power: 0 equal, 1 by size"),
    n_("share expected: a number, or a column with one for each stratum"),
    n_("of an interview: number or column"),
    n_("design effect inside a stratum"),
    n_("interviews of a stratum"),
    n_("share of those approached who answer"),
    n_("column of domains made of whole strata"),
    n_("CSV or Parquet to write to"),
    n_("Draw a sample in stages from a frame; prints the rows drawn as CSV."),
    n_("CSV or Parquet: a row for each unit of the last stage"),
    n_("column of units, once for each stage"),
    n_("units to draw in each stratum: a number, a column, or FILE:COLUMN; once for each stage"),
    n_("column of strata, or -, once for each stage"),
    n_("column of sizes that chances follow, or -, once for each stage"),
    n_("how to draw, once for each stage"),
    n_("the same seed draws the same"),
    n_("of permanent numbers: where on the circle this wave begins, in [0, 1)"),
    n_("of permanent numbers: begin where the wave that began at S is avoided"),
    n_("rotate: columns wave_1, wave_2 ... say which of so many waves ask each part, 1 or 0"),
    n_("of --waves: in how many waves running a part is asked"),
    n_("deal the first stage's units into so many parts, as replicates or releases"),
    n_("Weight a sample, from chances to replicate weights; prints the rows as CSV."),
    n_("CSV or Parquet: a row for each person drawn"),
    n_("column of chances, once for each stage"),
    n_("column of base weights"),
    n_("column of 1 for who answered, 0 for who did not"),
    n_("column of classes within which answers stand in"),
    n_("column that tells who answers, once for each: numbers, or words as categories"),
    n_("classes made from the propensity"),
    n_("CSV of targets: variable, category (empty for the total of a number), people"),
    n_("column of districts with targets of their own"),
    n_("how weights give way"),
    n_("lower bound of the factor on a weight"),
    n_("upper bound of the factor on a weight"),
    n_("least weight"),
    n_("greatest weight"),
    n_("greatest weight: the median and so many interquartile ranges"),
    n_("column of groups that keep their people"),
    n_("replicate weights, each corrected as the sample is"),
    n_("column of first-stage strata, for replicates"),
    n_("column of first-stage clusters, for replicates"),
    n_("column of first-stage fractions or sizes, for replicates"),
    n_("share that Fay's half-samples keep"),
    n_("bootstrap: how many replicates"),
    n_("bootstrap: the same seed draws the same"),
    n_("CSV to write each replicate's factor in the variance to"),
    n_("Put the items of one year on the scale of another; prints one JSON object."),
    n_("JSON as kepu survey irt prints it, or CSV with name, a and b"),
    n_("the same of the year to be put on the old scale"),
    n_("how the years are compared"),
    n_("item of both years to link by, once for each; all that both have if none is named"),
    n_("item that is no anchor"),
    n_("Strengthen figures of areas on few respondents, with ranks; prints CSV."),
    n_("CSV or Parquet: a row for each area; for bhf a row for each person asked"),
    n_("from figures and their errors, from shares and their sizes, or from persons"),
    n_("column of areas"),
    n_("column of figures; of answers for bhf"),
    n_("column of standard errors, for fay-herriot"),
    n_("column of effective respondents, for share"),
    n_("column of what is known of every area, once for each; the intercept is added"),
    n_("adjusted unless named; for bhf reml"),
    n_("bhf: CSV or Parquet of all areas with the covariates of who lives there"),
    n_("bhf: share of people with CUT or more"),
    n_("column of inhabitants, for --city and --population"),
    n_("figure that the areas shall add up to; or direct, the mean of their own figures"),
    n_("its standard error"),
    n_("what gives way to the city's figure"),
    n_("of simulated errors"),
    n_("Make an index of districts from indicators; prints CSV."),
    n_("CSV or Parquet: a row for each district"),
    n_("column that names the district, each once"),
    n_("column, once for each indicator"),
    n_("indicator of which less is better"),
    n_("how indicators are compared"),
    n_("CSV of one row: the city's indicators of the base year, for --normalise base"),
    n_("equal, entropy, critic, pca, ahp:FILE (CSV of judgements), or numbers as 0.5,0.3,0.2"),
    n_("how indicators are joined"),
    n_("of the weights drawn for the sensitivity"),
    n_("how near drawn weights stay"),
    n_("column of inhabitants, for Gini and Theil"),
    n_("column of zones, for Theil"),
    n_("read so many rows at a time, for files larger than memory"),
    n_("add item fit: S-X2 with its p-value, infit and outfit"),
    n_("CSV to write each person's ability and person fit to"),
    n_("column of two groups; adds tests of each item: likelihood ratio or Wald, Mantel-Haenszel"),
    n_("column of first-stage strata, for errors"),
    n_("column of first-stage clusters, for errors"),
    n_("column of groups, such as years: the first has mean 0, every other one its own"),
    n_("with two groups: link the second to the first by the items that both were asked"),
    n_("add the covariance of all items' figures, which kepu survey link counts"),
    n_("column that names the unit of the last stage, each once"),
    n_("bhf: column that names the person, each once; - if none does"),
    n_("Tell what an activity changed, before and after; prints CSV."),
    n_("CSV or Parquet: a row for each measurement"),
    n_("column of groups: attending, comparison"),
    n_("word of the group that attended"),
    n_("column of waves: before, after"),
    n_("word of the second wave"),
    n_("column of scores"),
    n_("column of keys, the same before and after; without it other people were asked"),
    n_("column of schools, communities or sessions"),
    n_("column of weights"),
    n_("what the activity cost"),
    n_("how many attended"),
    n_("Find segments of the public who answer alike; prints CSV."),
    n_("column of answers, once for each question; empty is missing"),
    n_("so many segments, not by BIC"),
    n_("try as many segments, at most"),
    n_("of each number of segments"),
    n_("the same seed starts at the same places"),
    n_("column of 0 and 1, told of each segment"),
    n_("column of words that describe the segments"),
    n_("CSV or Parquet to write each person's chance of every segment to; needs --id"),
)


def main(arguments: list[str]) -> int:
    """Hand the words on to the analysis they name; how far it is goes beside its answer."""
    if not arguments or arguments[0] not in ANALYSES:
        _parser().parse_args(arguments)  # says what there is, or what is wrong, and ends
    module, _summary = ANALYSES[arguments[0]]
    progress = Progress(sys.stderr)
    try:
        own = partial(Parser, example=EXAMPLES[arguments[0]])
        analysis = import_module(module)
        with import_module("kepu_engines.core.threads").one_thread():
            return int(analysis.main(arguments[1:], progress, own) or 0)
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
