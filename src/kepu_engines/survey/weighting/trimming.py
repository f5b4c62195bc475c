"""Weights too large or too small are cut, and the others take over the difference."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Codes, Reals, coded
from kepu_engines.survey.weighting.calibration import positive

ROUNDS, NEAR = 200, 1e-14


@dataclass(frozen=True)
class Trimmed:
    """Weights after the cut: every group keeps its total.

    Attributes
    ----------
    weight : (n,) float64
    cut : (n,) bool
        Which rows stand at a limit.
    """

    weight: Reals
    cut: NDArray[np.bool_]


def trim(
    weight: ArrayLike, low: float = 0, high: float = np.inf, group: ArrayLike | None = None
) -> Trimmed:
    """Bring weights between two limits; those inside share the difference in proportion.

    Each group's weights are multiplied by one factor and cut at the limits, the factor such
    that the group keeps its people. Margins met before are met no more: calibrate with
    bounds instead, or rake again.

    Parameters
    ----------
    weight : (n,) float
        > 0.
    low, high : float
        Limits, 0 <= low < high.
    group : (n,) labels, optional
        People stay inside their group, such as a district.

    Raises
    ------
    EngineError
        If limits are out of order, or a group's people do not fit between them.

    Source
    ------
    Potter (1990), A Study of Procedures to Identify and Trim Extreme Sampling Weights,
    Proc. ASA Survey Research Methods, 225-230.
    """
    people = positive(weight)
    require(0 <= low < high, f"the limits must be 0 <= low < high, not {low:g} and {high:g}")
    labels = np.zeros(people.size, np.int32) if group is None else group
    codes, names = coded(labels, "group", people.size)
    held, rows = np.bincount(codes, people), np.bincount(codes)
    tight = (held < low * rows * (1 - NEAR)) | (held > high * rows * (1 + NEAR))
    name = "the sample" if group is None else f"group {names[int(tight.argmax())]}"
    worst = int(tight.argmax())
    require(
        not tight.any(),
        f"{name} has {rows[worst]} rows for {held[worst]:.6g} people, which do not fit between "
        f"{low:g} and {high:g}: move the limits",
    )
    scale = _scales(people, codes, held.astype(np.float64), float(low), float(high))
    wanted: Reals = people * scale[codes]
    return Trimmed(np.clip(wanted, low, high), (wanted <= low) | (wanted >= high))


def upper_limit(weight: ArrayLike, spreads: float = 3, group: ArrayLike | None = None) -> Reals:
    """A usual upper limit of each row: the median and some interquartile ranges of its group.

    Parameters
    ----------
    weight : (n,) float
        > 0: people that each row stands for.
    spreads : float
        How many interquartile ranges above the median.
    group : (n,) labels, optional
        Limits are of each group alone.

    Source
    ------
    Potter (1990), as in `trim`, describes rules of this kind; the number of ranges is ours.
    """
    people = positive(weight)
    require(spreads > 0, f"the number of ranges must be > 0, not {spreads:g}")
    labels = np.zeros(people.size, np.int32) if group is None else group
    codes, names = coded(labels, "group", people.size)
    limits = np.empty(names.size)
    order = np.argsort(codes, kind="stable")
    for at, part in enumerate(np.split(people[order], np.cumsum(np.bincount(codes))[:-1])):
        first, middle, third = np.quantile(part, (0.25, 0.5, 0.75))
        limits[at] = middle + spreads * (third - first)
    return limits[codes]


def kish_effect(weight: ArrayLike) -> float:
    """By how much unequal weights multiply the variance of a mean, if they tell nothing.

    Parameters
    ----------
    weight : (n,) float
        > 0: people that each row stands for.

    Returns
    -------
    float
        >= 1; 1 where all weights are the same.

    Raises
    ------
    EngineError
        If a weight is below 0, or there are no people.

    Source
    ------
    Kish (1965), Survey Sampling, 11.7: 1 + the squared coefficient of variation.
    """
    people = reals(weight, "the weights", low=0)
    require(people.size > 0 and people.sum() > 0, "the sample has no people")
    return float(people.size * (people @ people) / people.sum() ** 2)


def _scales(weight: Reals, group: Codes, held: Reals, low: float, high: float) -> Reals:
    """Factor of each group after which its clipped weights have its people.

    Their sum rises with the factor in straight pieces: Newton's step ends on the right
    piece, and a bracket keeps it from jumping about.
    """
    scale, least, most = np.ones(held.size), np.zeros(held.size), np.full(held.size, np.inf)
    for _ in range(ROUNDS):
        reached, free = _clipped(weight, group, scale, low, high)
        miss = held - reached
        open_ = np.abs(miss) > NEAR * held
        if not open_.any():
            break
        least, most = np.where(miss > 0, scale, least), np.where(miss < 0, scale, most)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = scale + miss / free
        between = np.where(most < np.inf, (least + most) / 2, 2 * scale)
        step = np.where((step > least) & (step < most), step, between)
        scale = np.where(open_, step, scale)
    return scale


@njit(cache=True)
def _clipped(weight: Any, group: Any, scale: Any, low: float, high: float) -> Any:
    """People of each group after the cut, and the weights inside before."""
    reached, free = np.zeros(scale.size), np.zeros(scale.size)
    for row in range(weight.size):
        at = group[row]
        wanted = scale[at] * weight[row]
        reached[at] += min(max(wanted, low), high)
        if low < wanted < high:
            free[at] += weight[row]
    return reached, free
