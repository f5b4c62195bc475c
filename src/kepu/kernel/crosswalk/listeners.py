"""After a change, look once more for records that were being written while it was applied."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.crosswalk import actions
from kepu.kernel.facts.catalogue import DivisionsChanged
from kepu.kernel.facts.registry import Occasion, listen


@listen(DivisionsChanged, called=lazy("Take along what still stands on old ground"))
def sweep_stragglers(fact: DivisionsChanged, occasion: Occasion) -> None:
    """A record begun before the change and committed after it still follows."""
    actions.sweep(fact.change_id, now=occasion.now)
