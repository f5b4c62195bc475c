"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta

from kepu.kernel.facts.registry import Occasion, every


@every(timedelta(minutes=1))
def run_clocks(occasion: Occasion) -> None:
    """Let stages that have run out take their consequence."""
    from kepu.orders import actions

    actions.run_clocks(occasion.now)
