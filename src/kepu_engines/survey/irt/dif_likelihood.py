"""Items that work differently for two groups, by the likelihood ratio of two models, or by Wald's test.

A likelihood ratio counts persons; of a sample with weights or clusters Wald's test by the sandwich of
`errors` asks the same: whether the item's parameters are alike in both groups.

Source
------
Thissen, Steinberg & Wainer (1993), Detection of differential item functioning using the parameters
of item response models, in Holland & Wainer, Differential Item Functioning, 67-113. Lord (1980),
Applications of Item Response Theory, 14.4 (Wald's test of an item's parameters); Binder (1983),
International Statistical Review 51, 279-292 (their covariance in a complex sample). Korn & Graubard
(1990), The American Statistician 44, 270-276 (its test where clusters are few).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.dif import refuse_few, tail
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.information import errors
from kepu_engines.survey.irt.responses import Responses, parted


@dataclass(frozen=True)
class Ratio:
    """The test of one item.

    Attributes
    ----------
    name : str
    chi_square, p : float
        Twice the gain in log-likelihood when the item has parameters of its own in each group;
        by `wald` the square of how far they are apart, in their covariance; of a sample p is that
        of F, which knows how many more clusters than strata there are.
    df : int
        Parameters gained.
    slopes, difficulties : (2,) float64
        Of the reference and the focal group, on one scale; difficulties are the mean of the
        item's steps.
    """

    name: str
    chi_square: float
    df: int
    p: float
    slopes: tuple[float, float]
    difficulties: tuple[float, float]

    @property
    def harder(self) -> float:
        """How much more difficult the item is for the focal group, in units of ability."""
        return self.difficulties[1] - self.difficulties[0]


def likelihood_ratio(
    answers: Responses,
    model: str,
    items: Sequence[int] | None = None,
    method: Method | None = None,
    progress: Progress = silent,
) -> list[Ratio]:
    """Test items one by one, all others holding the two groups on one scale.

    Parameters
    ----------
    answers : Responses
        Of two groups, 0 the reference and 1 the focal group, with weights of 1 and no design;
        group 1 has a mean and a spread of its own.
    model : str
        As for `fit`.
    items : sequence of int, optional
        Columns to test; all unless given.
    method : Method, optional
    progress : Progress, optional
        Told how many items are done.

    Raises
    ------
    EngineError
        If there are not two groups, weights other than 1, or fewer than two items; if an item
        cannot be fitted in one group alone; or as `fit`.
    """
    require(not answers.sampled, "A likelihood ratio counts persons: use the test by Wald.")
    _check(answers)
    together = fit(answers, model, method)
    tested = range(answers.codes.shape[1]) if items is None else items
    found = []
    for done, item in enumerate(tested):
        progress("differential items", done, len(tested))
        found.append(_tested(answers, together, item, method))
    return found


def wald(
    answers: Responses,
    model: str,
    items: Sequence[int] | None = None,
    method: Method | None = None,
    progress: Progress = silent,
) -> list[Ratio]:
    """Test items one by one as `likelihood_ratio` does, also of a sample with weights or a design.

    Parameters, refusals and figures are those of `likelihood_ratio`, but for weights and design.
    It is refused too where there are fewer clusters less strata than parameters of an item.
    """
    _check(answers)
    tested = range(answers.codes.shape[1]) if items is None else items
    found = []
    for done, item in enumerate(tested):
        progress("differential items", done, len(tested))
        apart = fit(parted(answers, item), model, method)
        found.append(_apart(parted(answers, item), apart, answers.names[item], item))
    return found


def _apart(answers: Responses, apart: Fit, name: str, item: int) -> Ratio:
    """Wald's test that both twins of an item have the same parameters."""
    twins = (item, len(apart.names) - 1)
    spread = errors(apart, answers)
    at, beside = (spread.place[twin][spread.place[twin] >= 0] for twin in twins)
    free = spread.place[item] >= 0
    gap = (apart.params[twins[1]] - apart.params[twins[0]])[free]
    contrast = np.zeros((len(gap), len(spread.covariance)))
    contrast[np.arange(len(gap)), beside] = 1
    contrast[np.arange(len(gap)), at] = -1
    df = _freedom(answers)
    if df is not None:
        refuse_few(len(gap), df)
    square = float(gap @ np.linalg.solve(contrast @ spread.covariance @ contrast.T, gap))
    return _told(name, apart, twins, (square, len(gap), tail(square, len(gap), df)))


def _freedom(answers: Responses) -> int | None:
    """Clusters less strata, each person a cluster where weights alone were given; None if neither."""
    if answers.design is not None:
        return answers.design.df
    return answers.persons - 1 if answers.weighted else None


def _check(answers: Responses) -> None:
    require(answers.groups == 2, f"DIF compares two groups, not {answers.groups}.")
    require(answers.codes.shape[1] >= 2, "DIF needs at least two items: the others hold the scale.")


def _tested(answers: Responses, together: Fit, item: int, method: Method | None) -> Ratio:
    """One item against the model in which all are alike."""
    apart = fit(parted(answers, item), together.model.name, method)
    gain = max(0.0, 2 * (apart.loglik - together.loglik))
    twins = (item, len(together.names))
    free = sum(_free(apart, at) for at in twins) - _free(together, item)
    return _told(together.names[item], apart, twins, (gain, free, tail(gain, free, None)))


def _told(name: str, apart: Fit, twins: tuple[int, int], test: tuple[float, int, float]) -> Ratio:
    slopes, levels = zip(
        *((apart.slope[at], apart.difficulty(at).mean()) for at in twins), strict=True
    )
    return Ratio(
        name,
        *test,
        (float(slopes[0]), float(slopes[1])),
        (float(levels[0]), float(levels[1])),
    )


def _free(found: Fit, item: int) -> int:
    """Parameters of an item that are estimated."""
    return found.model.parameters(found.categories[item]) - int(found.model.fixed_slope)
