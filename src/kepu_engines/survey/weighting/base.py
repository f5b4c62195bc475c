"""Base weights: how many people each one drawn stands for."""

from numpy.typing import ArrayLike

from kepu_engines.core.checks import reals, require
from kepu_engines.survey.design import Reals


def base_weights(*probabilities: ArrayLike) -> Reals:
    """Inverse of the probability of being drawn, over all stages.

    Parameters
    ----------
    probabilities : (n,) float, one a stage
        Each in (0, 1]: of the unit given the stage before, down to the person in the
        household.

    Raises
    ------
    EngineError
        If there are none, lengths differ, or a probability is not in (0, 1].

    Source
    ------
    Horvitz & Thompson (1952), JASA 47, 663-685.
    """
    require(bool(probabilities), "base weights need the probability of at least one stage")
    columns = [reals(each, "a stage's probabilities") for each in probabilities]
    drawn = columns[0].copy()
    for stage, column in enumerate(columns, start=1):
        require(column.size == drawn.size, f"stage {stage} must hold {drawn.size} probabilities")
        outside = (column <= 0) | (column > 1)
        row = int(outside.argmax())
        require(
            not outside.any(),
            f"the probability of row {row + 1} in stage {stage} is {column[row]:g}, not in (0, 1]",
        )
        if stage > 1:
            drawn *= column
    found: Reals = 1 / drawn
    return found
