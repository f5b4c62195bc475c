"""How invented people meet science: by television, by telephone, at venues and events, or hardly.

Everybody is of one kind, by age, schooling, place and ability; answers follow from the kind alone, by
the formulas below, so that the segments a run finds can be held against them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu.literacy.run.invented import People

QUESTIONS = ("tv", "phone", "venue", "event", "interest", "trust")
KINDS = ("telephone", "television", "venues", "hardly")
# Odds of each kind by age and by schooling, in the countryside, and what ability adds to their logarithm.
BY_AGE = ((5, 4, 3, 1.5, 0.7), (0.6, 1, 2, 4, 6), (1.2, 1.2, 1, 0.8, 0.6), (1, 1, 1.2, 1.6, 2))
BY_SCHOOLING = ((0.6, 1, 1.2, 1.2), (1.6, 1.4, 1, 0.6), (0.2, 0.4, 0.9, 1.8), (2.4, 1.3, 0.6, 0.3))
IN_COUNTRY, BY_ABILITY = (0.8, 1.5, 0.4, 1.6), (0.0, -0.1, 0.5, -0.4)
# Chance of a yes to the first four, and of high, some and little interest and trust.
YES = (
    (0.25, 0.95, 0.10, 0.08),
    (0.95, 0.40, 0.06, 0.15),
    (0.55, 0.90, 0.85, 0.65),
    (0.20, 0.15, 0.02, 0.03),
)
INTEREST = ((0.35, 0.50, 0.15), (0.20, 0.55, 0.25), (0.70, 0.27, 0.03), (0.04, 0.26, 0.70))
TRUST = ((0.40, 0.50, 0.10), (0.60, 0.35, 0.05), (0.70, 0.27, 0.03), (0.25, 0.45, 0.30))
HOW_MUCH = ("high", "some", "little")
UNSAID = 0.02  # of the answers are missing
PLAN = """\
segments:
  questions: [tv, phone, venue, event, interest, trust]
  most: 5
  starts: 12
"""


def kinds(people: People, chance: np.random.Generator) -> NDArray[np.int64]:
    """What kind each is of: a code of KINDS."""
    odds = np.array(BY_AGE).T[people.age] * np.array(BY_SCHOOLING).T[people.education]
    odds = odds * np.where(people.residence[:, None] == 1, np.array(IN_COUNTRY), 1)
    odds = odds * np.exp(people.ability[:, None] * np.array(BY_ABILITY))
    return _drawn(odds / odds.sum(axis=1, keepdims=True), chance)


def answers(of: NDArray[np.int64], chance: np.random.Generator) -> NDArray[Any]:
    """Answers to QUESTIONS as words, a row each; some are empty."""
    said = np.where(chance.random((of.size, 4)) < np.array(YES)[of], "yes", "no")
    much = [np.array(HOW_MUCH)[_drawn(np.array(one)[of], chance)] for one in (INTEREST, TRUST)]
    told = np.column_stack([said, *much]).astype(object)
    told[chance.random(told.shape) < UNSAID] = ""
    return told


def _drawn(shares: NDArray[np.float64], chance: np.random.Generator) -> NDArray[np.int64]:
    """A category for each row, by its shares."""
    ends = np.cumsum(shares, axis=1)
    found = (chance.random(len(shares))[:, None] >= ends).sum(axis=1)
    return np.asarray(found.clip(max=shares.shape[1] - 1), np.int64)
