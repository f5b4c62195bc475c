"""What recurs: old answers are forgotten."""

from __future__ import annotations

from datetime import timedelta

from kepu.kernel.facts.registry import Occasion, every
from kepu.kernel.idempotency import actions


@every(timedelta(hours=6))
def forget_old_answers(occasion: Occasion) -> None:
    actions.forget(occasion.now)
