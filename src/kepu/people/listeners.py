"""What this room hears."""

from __future__ import annotations

from kepu.kernel.facts.catalogue import CallOpened
from kepu.kernel.facts.registry import Occasion, listen
from kepu.people import telling


@listen(CallOpened)
def tell_volunteers(fact: CallOpened, occasion: Occasion) -> None:
    """Volunteers whom a call fits hear of it, so many in one transaction, and each once."""
    telling.called(fact, now=occasion.now)
