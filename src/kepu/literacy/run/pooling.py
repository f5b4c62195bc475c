"""Districts with volunteers enough to speak of by themselves, and all others as one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.reading import Read

ELSEWHERE = "-"  # the districts of few volunteers, or of few at home, together
Labels = dict[str, NDArray[Any]]


def pooled(read: Read, homes: Labels, volunteers: Labels) -> tuple[Labels, Labels]:
    """The labels of homes and volunteers with small districts joined, where the district is one of them.

    Where no district is large enough, or where only one group is left, the column tells nothing and
    is left out.
    """
    plan = read.plan
    column = plan.areas.column if plan.areas else ""
    if column not in homes or plan.modes is None:
        return homes, volunteers
    asked, came = homes[column][read.said], volunteers[column]
    large = [
        name
        for name in np.unique(came)
        if (came == name).sum() >= plan.modes.least and (asked == name).sum() >= plan.publish.rows
    ]
    joined = [
        {**of, column: np.where(np.isin(of[column], large), of[column], ELSEWHERE)}
        for of in (homes, volunteers)
    ]
    if len(np.unique(joined[0][column][read.said])) > 1:
        return joined[0], joined[1]
    rest = [{name: words for name, words in of.items() if name != column} for of in joined]
    return rest[0], rest[1]
