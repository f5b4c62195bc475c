"""Two years on one scale by one fit: the items that both were asked have the same parameters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.fit import Fit, fit
from kepu_engines.survey.irt.information import Errors, errors
from kepu_engines.survey.irt.linking import Link, positive
from kepu_engines.survey.irt.responses import Floats, Responses, parted


@dataclass(frozen=True)
class Concurrent:
    """A concurrent link.

    Attributes
    ----------
    link : Link
        From the second group's own scale, on which it is N(0, 1) (of Rasch items: has mean 0), to
        that of the first group, on which all items stand.
    common : tuple of str
        Items that both groups were asked.
    """

    link: Link
    common: tuple[str, ...]


def concurrent(
    answers: Responses, found: Fit, spread: Errors, progress: Progress = silent
) -> Concurrent:
    """What the fit of two groups says of the link between their scales, with its error.

    The sampling of persons comes from the fit's own covariance. What the choice of common items
    adds comes from fits in which one of them after the other has parameters of its own in each
    group (jackknife); what these differ by for sampling alone is taken off, since the covariance
    holds it already.

    Parameters
    ----------
    answers : Responses
        Of two groups, 0 the old year and 1 the new one.
    found : Fit
        Of these answers.
    spread : Errors
        Of that fit.
    progress : Progress, optional
        Told how many of the common items are done.

    Raises
    ------
    EngineError
        If there are not two groups or fewer than three common items, or a fit does not converge.

    Source
    ------
    Bock & Zimowski (1997), Multiple Group IRT, in van der Linden & Hambleton, Handbook of Modern Item
    Response Theory. Kolen & Brennan (2014), Test Equating, 6.4 (concurrent calibration). Monseur &
    Berezner (2007), J. Applied Measurement 8, 323-335 (jackknife over common items). Hausman (1978),
    Econometrica 46, 1251-1271: an estimate from less differs from one from all by the difference of
    their variances.
    """
    require(answers.groups == 2, f"A link joins two groups, not {answers.groups}.")
    held = [(answers.codes[answers.group == each] >= 0).any(axis=0) for each in (0, 1)]
    common = np.flatnonzero(held[0] & held[1])
    require(
        len(common) >= 3,
        f"A link with an error needs at least three common items, not {len(common)}.",
    )
    middle, sampling = _told(found, spread)
    parts, seen = [], np.zeros((2, 2))
    for done, item in enumerate(common.tolist()):
        progress("common items", done, len(common))
        place, more = _without(answers, found, item)
        parts.append(place)
        seen += more - sampling
    share = (len(common) - 1) / len(common)
    centred = np.array(parts) - np.mean(parts, axis=0)
    choice = positive(share * (centred.T @ centred - seen))
    names = tuple(answers.names[item] for item in common.tolist())
    return Concurrent(Link(float(middle[0]), float(middle[1]), choice + sampling, sampling), names)


def _without(answers: Responses, found: Fit, item: int) -> tuple[Floats, Floats]:
    """The link, and its covariance from sampling, if one item is no common one."""
    apart = parted(answers, item)
    again = fit(apart, found.model.name, found.method)
    return _told(again, errors(again, apart))


def _told(found: Fit, spread: Errors) -> tuple[Floats, Floats]:
    """Slope and shift, and their covariance from sampling, by the delta method."""
    both: NDArray[np.float64] = spread.of(len(found.params) + 1)[:2, :2]
    if found.model.fixed_slope:
        return np.array([1.0, found.mean[1]]), np.diag([0.0, both[0, 0]])
    slopes = np.array([[0.0, found.spread[1]], [1.0, 0.0]])
    return np.array([found.spread[1], found.mean[1]]), slopes @ both @ slopes.T
