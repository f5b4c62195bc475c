"""Homes and volunteers as one figure: by how much each is trusted, and how sure the whole is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.design import Design, Reals
from kepu_engines.survey.replicates import Replicates, Spread, bootstrap

Rule = Literal["precision", "effective"]


@dataclass(frozen=True)
class Combined:
    """One figure from two samples, for each domain; (domains,) each.

    Attributes
    ----------
    value : float64
        (1 - share) times the homes' figure plus share times the volunteers'.
    se : float64
        Its standard error, as far as sampling goes.
    bias : float64
        By how much the volunteers' figure lies off the homes', beyond what chance explains.
    share : float64
        Weight of the volunteers, in [0, 1].
    """

    value: Reals
    se: Reals
    bias: Reals
    share: Reals

    @property
    def error(self) -> Reals:
        """Root of the mean squared error: chance, and the bias that the share lets in."""
        found: Reals = np.hypot(self.se, self.share * self.bias)
        return found


def volunteers(
    count: int, seed: int, cluster: ArrayLike | None = None, rows: int | None = None
) -> Replicates:
    """Volunteers drawn again from themselves, each counting 1; with `cluster`, in its groups.

    Parameters
    ----------
    cluster : (n,) labels, optional
        Such as the place or the channel through which people came; a person asked twice.
    rows : int, optional
        How many there are, if no cluster is given.

    Raises
    ------
    EngineError
        If there is one person, or one group, alone.
    """
    labels = np.arange(rows or 0) if cluster is None else np.asarray(cluster)
    require(len(np.unique(labels)) > 1, "one person, or one group, tells no variance")
    ones = np.ones(labels.size)
    return bootstrap(Design.of(np.zeros(labels.size, np.int64), labels, ones), count, seed)


def together(
    samples: Sequence[Replicates],
    figure: Callable[[Sequence[Reals]], Reals],
    progress: Progress = silent,
) -> Spread:
    """Variance of figures of several samples drawn independently, replicate by replicate.

    Parameters
    ----------
    samples : sequence of Replicates
        With as many bootstrap replicates each; degrees of freedom are those of the first.
    figure : function
        From the weights of each sample to (k,) numbers.

    Raises
    ------
    EngineError
        If the numbers of replicates differ.

    Source
    ------
    Rao & Wu (1988), JASA 83, 231-241; for two samples Kim et al. (2021), 4.
    """
    value, table = moved(samples, figure, progress)
    return Spread(value, covariance(table), table, samples[0].df)


def moved(
    samples: Sequence[Replicates],
    figure: Callable[[Sequence[Reals]], Reals],
    progress: Progress = silent,
) -> tuple[Reals, Reals]:
    """The (k,) figures, and what each replicate makes of them, (R, k); parameters as `together`.

    For figures of which not all need to be held against all others: that is k by k numbers.
    """
    count = len(samples[0])
    require(all(len(one) == count for one in samples), "samples must have as many replicates")
    rows = []
    for replicate in range(count):
        progress("modes", replicate, count)
        rows.append(figure([one.weights(replicate) for one in samples]))
    return figure([one.weight for one in samples]), np.array(rows)


def covariance(table: Reals) -> Reals:
    """Covariance of k figures, (k, k) float64, by R replicates: round their mean, over R - 1.

    Parameters
    ----------
    table : (R, k) float
        A row for each replicate; R > 1.

    Source
    ------
    Rao & Wu (1988), JASA 83, 231-241.
    """
    away = table - table.mean(axis=0)
    found: Reals = away.T @ away / (len(table) - 1)
    return found


def combine(
    home: Reals, online: Reals, covariance: Reals, rule: Rule, effective: tuple[Reals, Reals]
) -> Combined:
    """Bring two figures of the same domains together.

    Parameters
    ----------
    home, online : (domains,) float
        The first is taken to be without bias.
    covariance : (domains, 2, 2) float
    rule : {"precision", "effective"}
        Least mean squared error, the volunteers' bias estimated by how far they are off the homes; or
        shares of the effective numbers of respondents.
    effective : two (domains,) float
        Effective respondents at home and online; read by the rule `effective`.

    Raises
    ------
    EngineError
        If the rule is unknown.

    Source
    ------
    Elliott & Haviland (2007), Use of a web-based convenience sample to supplement a probability
    sample, Survey Methodology 33, 211-215: the weight of least mean squared error.
    """
    words = get_args(Rule)
    require(rule in words, f"the weight must be one of {', '.join(words)}, not {rule!r}")
    v, u, c = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1]
    apart = np.maximum(v + u - 2 * c, 0)
    bias = np.sqrt(np.maximum((online - home) ** 2 - apart, 0))
    if rule == "precision":
        below = apart + bias**2
        share = np.clip(np.where(below > 0, (v - c) / np.where(below > 0, below, 1), 0), 0, 1)
    else:
        share = effective[1] / (effective[0] + effective[1])
    value = (1 - share) * home + share * online
    return Combined(value, spread_at(share, covariance), bias, share)


def spread_at(share: Reals, covariance: Reals) -> Reals:
    """Standard error of both together, the volunteers counting `share`; as in `combine`."""
    v, u, c = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1]
    spread = (1 - share) ** 2 * v + share**2 * u + 2 * share * (1 - share) * c
    found: Reals = np.sqrt(np.maximum(spread, 0))
    return found


def effective(weight: Reals, squares: Reals) -> Reals:
    """Kish's effective number of respondents: from sums of weights and of their squares.

    Parameters
    ----------
    weight, squares : (k,) float
        Of each kind of people.

    Source
    ------
    Kish (1965), Survey Sampling, 11.7.
    """
    found: Reals = weight**2 / squares
    return found
