"""Items that work differently for two groups, by the likelihood ratio of two models.

Source
------
Thissen, Steinberg & Wainer (1993), Detection of differential item functioning using the parameters
of item response models, in Holland & Wainer, Differential Item Functioning, 67-113.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from kepu_engines.core.checks import require
from kepu_engines.core.progress import Progress, silent
from kepu_engines.survey.irt.fit import Fit, Method, fit
from kepu_engines.survey.irt.responses import MISSING, Responses, responses


@dataclass(frozen=True)
class Ratio:
    """The test of one item.

    Attributes
    ----------
    name : str
    chi_square, p : float
        Twice the gain in log-likelihood when the item has parameters of its own in each group.
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
        Of two groups, 0 the reference and 1 the focal group, with weights of 1; group 1 has a
        mean and a spread of its own.
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
    require(answers.groups == 2, f"DIF compares two groups, not {answers.groups}.")
    require(not answers.weighted, "A likelihood ratio counts persons: leave the weights out.")
    require(answers.codes.shape[1] >= 2, "DIF needs at least two items: the others hold the scale.")
    together = fit(answers, model, method)
    tested = range(answers.codes.shape[1]) if items is None else items
    found = []
    for done, item in enumerate(tested):
        progress("differential items", done, len(tested))
        found.append(_tested(answers, together, item, method))
    return found


def _tested(answers: Responses, together: Fit, item: int, method: Method | None) -> Ratio:
    """One item against the model in which all are alike."""
    apart = fit(_parted(answers, item), together.model.name, method)
    gain = max(0.0, 2 * (apart.loglik - together.loglik))
    twins = (item, len(together.names))
    free = sum(_free(apart, at) for at in twins) - _free(together, item)
    slopes, levels = zip(
        *((apart.slope[at], apart.difficulty(at).mean()) for at in twins), strict=True
    )
    return Ratio(
        together.names[item],
        gain,
        free,
        float(chi2.sf(gain, free)),
        (float(slopes[0]), float(slopes[1])),
        (float(levels[0]), float(levels[1])),
    )


def _free(found: Fit, item: int) -> int:
    """Parameters of an item that are estimated."""
    return found.model.parameters(found.categories[item]) - int(found.model.fixed_slope)


def _parted(answers: Responses, item: int) -> Responses:
    """The item as two, each asked in one group only; the one of the focal group comes last."""
    codes = np.column_stack([answers.codes, answers.codes[:, item]])
    codes[answers.group == 1, item] = MISSING
    codes[answers.group == 0, -1] = MISSING
    name = answers.names[item]
    rows = (codes >= 0).any(axis=1)
    names = (
        *answers.names[:item],
        f"{name} in group 0",
        *answers.names[item + 1 :],
        f"{name} in group 1",
    )
    return responses(
        codes[rows], weight=answers.weight[rows], group=answers.group[rows], names=names
    )
