"""`--contrast u-v` of `kepu survey estimate`: how far two domains are apart, and how sure that is."""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import stdtrit

from kepu_engines.core.checks import require
from kepu_engines.survey.command.answers import cell
from kepu_engines.survey.disclosure import Withheld
from kepu_engines.survey.estimates import Estimates

CONTRAST = "difference of two domains as u-v, with its error; may be given several times"
UNFIT = ("quantile", "regress")  # figures whose domains have no difference with an error here


def refuse_unfit(asked: argparse.Namespace, figure: str) -> None:
    """Refuse contrasts without domains, or of a figure that has none.

    Raises
    ------
    EngineError
        With the words that do not go together.
    """
    if asked.contrast:
        require(asked.by is not None, "--contrast compares domains: name their column by --by")
        require(figure not in UNFIT, f"--contrast has no difference of --{figure}")


def contrasts(
    asked: argparse.Namespace,
    found: Estimates,
    names: Sequence[str],
    reasons: Sequence[Withheld | None],
) -> list[dict[str, Any]]:
    """A row for each difference asked for; of a domain that is withheld none is told either.

    The interval is by Student's t. Its degrees of freedom are those of the domain that has fewer: no
    more than Welch's for domains in clusters of their own, and about those of both where they share
    clusters. The error counts the clusters that both are in.

    Raises
    ------
    EngineError
        If a word names no two domains, or may be read in two ways.
    """
    return [_row(asked, found, words, pair_of(words, names), reasons) for words in asked.contrast]


def pair_of(words: str, names: Sequence[str]) -> tuple[int, int]:
    """The two domains of `u-v`, by number; names may hold a `-` themselves.

    Raises
    ------
    EngineError
        If there are no such domains, or several ways to read the words.
    """
    cuts = [place for place, letter in enumerate(words) if letter == "-"]
    ways = [(words[:at], words[at + 1 :]) for at in cuts]
    known = [(u, v) for u, v in ways if u in names and v in names]
    there = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    require(bool(known), f"--contrast {words} names no two domains as u-v; there are: {there}")
    require(
        len(known) == 1, f"--contrast {words} can be read in {len(known)} ways: rename a domain"
    )
    u, v = known[0]
    require(u != v, f"--contrast {words} compares a domain with itself")
    return names.index(u), names.index(v)


def _row(
    asked: argparse.Namespace,
    found: Estimates,
    words: str,
    pair: tuple[int, int],
    reasons: Sequence[Withheld | None],
) -> dict[str, Any]:
    times = np.zeros(len(found.value))
    times[list(pair)] = 1, -1
    difference, se = found.contrast(times)
    df = int(found.df[list(pair)].min())
    half = float(stdtrit(df, (1 + asked.level) / 2)) * se if df > 0 else np.nan
    numbers = {
        "difference": difference,
        "se": se,
        "low": difference - half,
        "high": difference + half,
    }
    reason = next((reasons[one] for one in pair if reasons[one]), None)
    told = {name: None if reason else cell(value) for name, value in numbers.items()}
    row = {"contrast": words, **told, "df": None if reason else df}
    return row | ({"withheld": reason and str(reason)} if asked.least else {})
