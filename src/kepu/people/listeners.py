"""What this room does when something happened above it."""

from __future__ import annotations

from kepu.kernel.crosswalk.models import Crossing
from kepu.kernel.facts.catalogue import DivisionsChanged
from kepu.kernel.facts.registry import Occasion, listen
from kepu.people.models import TeamArea, VolunteerArea


@listen(DivisionsChanged)
def follow_divisions(fact: DivisionsChanged, occasion: Occasion) -> None:
    """Areas served follow a division that moved; doing it twice changes nothing."""
    moved = Crossing.objects.filter(change=fact.change_id)
    for before, after in moved.values_list("before__path", "after__path"):
        if before != after:
            _follow(before, after)


def _follow(before: str, after: str) -> None:
    here = TeamArea.objects.filter(path=after).values("team")
    TeamArea.objects.filter(path=before, team__in=here).delete()
    TeamArea.objects.filter(path=before).update(path=after)
    here = VolunteerArea.objects.filter(path=after).values("volunteer")
    VolunteerArea.objects.filter(path=before, volunteer__in=here).delete()
    VolunteerArea.objects.filter(path=before).update(path=after)
