"""`--scores` and `--information` of `kepu survey irt`: what a person can do, and what the items tell."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kepu_engines.core.checks import require
from kepu_engines.survey.irt import scores
from kepu_engines.survey.irt.fit import Fit
from kepu_engines.survey.irt.responses import Responses

SCORES = (
    "abilities of --persons: eap, map, wle (unless said), or plausible:N values drawn by --seed"
)
SEED = "of plausible values: the same seed draws the same"
INFORMATION = "add what each item and all together tell at abilities from -4 to 4"
ONE = {"eap": scores.expected, "map": scores.likeliest, "wle": scores.weighted}
MOST = 1000  # plausible values of a person
ABILITIES = np.linspace(-4, 4, 33)


@dataclass(frozen=True)
class How:
    """One ability of each person, or so many draws of it."""

    name: str
    draws: int = 0
    seed: int = 0

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "How | None":
        """What the words ask for; None where they ask for nothing.

        Raises
        ------
        EngineError
            If there is no such way, or words are missing that it needs.
        """
        if asked.scores is None:
            require(asked.seed is None, "--seed is of --scores plausible:N")
            return None
        require(asked.persons is not None, "--scores needs --persons, the file to write to")
        name, _, number = asked.scores.partition(":")
        drawn = name == "plausible"
        right = (
            number.isascii() and number.isdigit() and 1 <= int(number) <= MOST
            if drawn
            else not number
        )
        known = f"--scores must be eap, map, wle or plausible:N with N from 1 to {MOST}"
        require((drawn or name in ONE) and right, f"{known}, not {asked.scores!r}")
        require(
            drawn == (asked.seed is not None), "plausible values need --seed, and no others have it"
        )
        return cls(name, int(number), asked.seed) if drawn else cls(name)


def columns(
    how: How, found: Fit, codes: NDArray[np.int8], group: Sequence[str] | None
) -> dict[str, Any]:
    """Columns of the persons' file: ability and error by `how`, or a column for each draw."""
    place = np.zeros(len(codes), np.int32)
    if group is not None:
        place = np.unique(group, return_inverse=True)[1].astype(np.int32)
    if how.draws:
        values = scores.plausible(
            found, _answers(found, codes, place), draws=how.draws, seed=how.seed
        )
        return {f"plausible_{draw + 1}": values[:, draw].tolist() for draw in range(how.draws)}
    alike, back = np.unique(np.column_stack([codes, place]), axis=0, return_inverse=True)
    told = ONE[how.name](
        found, _answers(found, alike[:, :-1].astype(np.int8), alike[:, -1].astype(np.int32))
    )
    rows = back.ravel()
    return {"ability": told.ability[rows].tolist(), "se": told.error[rows].tolist()}


def _answers(found: Fit, codes: NDArray[np.int8], group: NDArray[np.int32]) -> Responses:
    """Answers of persons of whom each counts as one."""
    one = np.ones(len(codes))
    return Responses(np.ascontiguousarray(codes), one, one, group, found.names, len(codes), False)


def told(found: Fit) -> dict[str, Any]:
    """Fisher information of each item and of all, and the error it leaves, at some abilities."""
    each = scores.information(found, ABILITIES)
    whole = each.sum(axis=0)
    return {
        "ability": ABILITIES.tolist(),
        "items": dict(zip(found.names, each.tolist(), strict=True)),
        "all": whole.tolist(),
        "se": [float(1 / np.sqrt(one)) if one > 0 else None for one in whole],
    }
