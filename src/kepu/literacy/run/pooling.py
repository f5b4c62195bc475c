"""Districts with volunteers enough to speak of by themselves, and all others as one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.reading import Read

ELSEWHERE = "-"  # the districts of few volunteers, or of few at home, together
Words = NDArray[Any]
Labels = dict[str, Words]


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
    large = _apart(asked, came, plan.modes.least, plan.publish.rows)
    joined = [
        {**of, column: np.where(np.isin(of[column], large), of[column], ELSEWHERE)}
        for of in (homes, volunteers)
    ]
    if len(np.unique(joined[0][column][read.said])) > 1:
        return joined[0], joined[1]
    rest = [{name: words for name, words in of.items() if name != column} for of in joined]
    return rest[0], rest[1]


def strangers(read: Read) -> list[str]:
    """Districts from which volunteers came, but where nobody answered at home."""
    plan = read.plan
    column = plan.areas.column if plan.areas else ""
    if plan.modes is None or read.online is None or column not in plan.modes.covariates:
        return []
    came = read.online.volunteers.labels(column)
    return sorted(map(str, set(came) - set(read.labels(column)[read.said])))


def _apart(asked: Words, came: Words, least: int, rows: int) -> list[Any]:
    """The districts that stay apart. Those that are joined must have somebody in both samples: while
    they have not, the one of the fewest volunteers is joined to them too.
    """
    many = {name: int((came == name).sum()) for name in np.unique(came)}
    large = [name for name, here in many.items() if here >= least and (asked == name).sum() >= rows]
    large.sort(key=lambda name: many[name])
    while large and np.isin(asked, large).all() != np.isin(came, large).all():
        large = large[1:]
    return large
