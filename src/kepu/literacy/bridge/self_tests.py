"""A self-test so far -> the next question, or the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kepu.literacy.bridge.parameters import Pool, parameters
from kepu.literacy.models import Item, SelfTestAnswer
from kepu.literacy.schemas import Framework

if TYPE_CHECKING:
    from kepu_engines.survey.irt.known import Belief


@dataclass(frozen=True)
class Walk:
    """One self-test so far: the pool it draws from, and what was answered."""

    framework: Framework
    pool: Pool
    answers: Sequence[SelfTestAnswer]
    resting: frozenset[int] = frozenset()  # items that too many of the last takers were asked

    @property
    def asked(self) -> set[int]:
        return {one.item_id for one in self.answers}

    def belief(self) -> Belief:
        """Where the answers put the person."""
        from kepu_engines.survey.irt import known

        right = {one.item_id: one.right for one in self.answers}
        answered = [row for row in self.pool if row[0].pk in right]
        return known.believe(parameters(answered), [right[item.pk] for item, _c in answered])

    def over(self) -> bool:
        """Whether enough was asked: as much as allowed, all that may be, or exactly enough."""
        rules, number = self.framework.self_test, len(self.answers)
        if number >= rules.longest(len(self.pool)) or not self._left():
            return True
        return number >= rules.fewest and self.belief().error <= rules.error

    def _left(self) -> Pool:
        """What was not asked, and may be: nothing that rests is asked, though the test be shorter."""
        gone = self.asked | self.resting
        return [row for row in self.pool if row[0].pk not in gone]

    def next_item(self, seed: int) -> Item:
        """One of the most telling items of the dimension that lags most behind its share."""
        from kepu_engines.survey.irt import adaptive, known

        able = self._of_dimension(self._left())
        at = [self.belief().mean]
        told = known.information(parameters(able), at)[:, 0]
        among = self.framework.self_test.among
        return able[adaptive.randomesque(told, [], among=among, seed=seed)][0]

    def _of_dimension(self, left: Pool) -> Pool:
        """Items of the dimension that lags most; of any, where none of those may be asked."""
        had = Counter(item.dimension for item, _c in self.pool if item.pk in self.asked)
        wanted = self.framework.blueprint(self.framework.self_test.most)
        lag = {key: had[key] / number for key, number in wanted.items() if number}
        present = {item.dimension for item, _c in left}
        key = min((one for one in lag if one in present), key=lambda one: lag[one], default="")
        return [row for row in left if row[0].dimension == key] or left


def result(walk: Walk) -> dict[str, Any]:
    """Score, its range and the chance of each level, as a self-test shows them."""
    import numpy as np

    from kepu_engines.survey.irt import known

    framework, belief = walk.framework, walk.belief()
    worth = {key: one.points for key, one in framework.dimensions.items()}
    pools = {
        key: parameters([row for row in walk.pool if row[0].dimension == key]) for key in worth
    }
    scores = known.points(pools, worth, known.NODES)
    tail = (1 - framework.self_test.confidence) / 2
    low, high = (
        float(np.interp(belief.quantile(share), known.NODES, scores)) for share in (tail, 1 - tail)
    )
    score = float(belief.mass @ scores)
    return {
        "score": round(score, 1),
        "low": round(low, 1),
        "high": round(high, 1),
        "level": framework.level_of(round(score)),  # as it is shown: 55 points are 55 points
        "chances": {
            key: round(float(belief.mass[scores >= one.cut].sum()), 3)
            for key, one in framework.levels.items()
        },
        "error": round(belief.error, 3),
        "dimensions": _by_dimension(walk),
    }


def _by_dimension(walk: Walk) -> dict[str, list[int]]:
    """How many questions of each dimension were answered right, of how many."""
    right = {one.item_id: one.right for one in walk.answers}
    found = {key: [0, 0] for key in walk.framework.dimensions}
    for item, _calibration in walk.pool:
        if item.pk in right and item.dimension in found:
            found[item.dimension][0] += right[item.pk]
            found[item.dimension][1] += 1
    return found
