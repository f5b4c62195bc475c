"""What `kepu survey irt` says of groups: their means, the link between two, and items that differ."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kepu_engines.core.progress import Progress
from kepu_engines.survey.irt.concurrent import Concurrent
from kepu_engines.survey.irt.dif import Incomparable, mantel_haenszel
from kepu_engines.survey.irt.dif_likelihood import likelihood_ratio, wald
from kepu_engines.survey.irt.fit import Fit, Method
from kepu_engines.survey.irt.information import Errors
from kepu_engines.survey.irt.linking import Link
from kepu_engines.survey.irt.responses import Responses

THETAS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def groups(found: Fit, spread: Errors, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Persons, mean and spread of each group, with errors; 0 where the scale fixes one."""
    names, people = np.unique(labels, return_counts=True)
    rows = []
    for at, (name, many) in enumerate(zip(names.tolist(), people.tolist(), strict=True)):
        error = np.sqrt(np.diag(spread.of(len(found.params) + at))[:2])
        rows.append(
            {
                "name": name,
                "n": many,
                "mean": float(found.mean[at]),
                "sd": float(found.spread[at]),
                "se_mean": float(error[0]),
                "se_sd": float(error[1] * found.spread[at]),
            }
        )
    return rows


def linked(found: Concurrent) -> dict[str, Any]:
    """The concurrent link, and the items it rests on."""
    return {"method": "concurrent", **told(found.link), "anchors": list(found.common)}


def told(found: Link) -> dict[str, Any]:
    """A link with its errors."""
    se_slope, se_shift = np.sqrt(np.diag(found.covariance)).tolist()
    return {
        "slope": found.slope,
        "shift": found.shift,
        "se_slope": se_slope,
        "se_shift": se_shift,
        "covariance": found.covariance.tolist(),
        "sampling": found.sampling.tolist(),
        "linking_error": [{"theta": theta, "se": found.error(theta)} for theta in THETAS],
    }


def add_dif(
    plain: dict[str, Any],
    names: Sequence[str],
    answers: Responses,
    how: tuple[str, Method, Progress],
) -> None:
    """The tests of each item between two groups, the first of them the reference.

    Answers that were drawn or weighted come with their design.
    """
    model, method, progress = how
    test = wald if answers.sampled else likelihood_ratio
    plain["dif"] = {"reference": names[0], "focal": names[1], "test": test.__name__}
    tests = test(answers, model, method=method, progress=progress)
    for at, (item, one) in enumerate(zip(plain["items"], tests, strict=True)):
        item["dif"] = {
            "chi_square": one.chi_square,
            "df": one.df,
            "p": one.p,
            "harder": one.harder,
            "mantel_haenszel": _mantel_haenszel(answers, at),
        }


def _mantel_haenszel(answers: Responses, item: int) -> dict[str, Any] | None:
    """Of right and wrong, among persons who answered every item; nothing where it cannot be told."""
    full = (answers.codes >= 0).all(axis=1)
    if bool((answers.categories > 2).any()) or not full.any():
        return None
    codes, group = answers.codes[full], answers.group[full]
    level, right = codes.sum(axis=1, dtype=int), codes[:, item]
    if answers.design is None:
        people = answers.weight[full].astype(int)
        right, level, group = (np.repeat(one, people) for one in (right, level, group))
    elif not full.all():
        return None
    try:
        found = mantel_haenszel(right, level, group, answers.design)
    except Incomparable:
        return None
    return {
        "delta": found.delta,
        "se": 2.35 * found.error,
        "chi_square": found.chi_square,
        "p": found.p,
        "class": found.grade,
    }
