"""Which interviews are asked about again: rows to arrays, the draw, and back."""

from __future__ import annotations

import numpy as np

from kepu.kernel.roles.queries import Reach
from kepu.literacy.models import BackCheck, Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.schemas import AskingAgain


def to_draw(of: Fieldwork, reach: Reach, rules: AskingAgain) -> list[int]:
    """Ids of cases to draw now, of interviews that a supervisor sees; the same again from the same."""
    from kepu_engines.survey.sampling.again import drawn_again

    rows = list(queries.standing(of, reach).filter(complete=True).values_list("case", "by"))
    held = BackCheck.objects.filter(case__fieldwork=of).values_list("case", flat=True)
    before = set(held)
    cases = [case for case, _by in rows]
    found = drawn_again(
        cases, np.array([by for _case, by in rows], np.int64), [one in before for one in cases],
        share=rules.share, least=rules.least, seed=of.seed,
    )  # fmt: skip
    return [cases[row] for row in found]
