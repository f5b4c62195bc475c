"""Hand doors out to interviewers, take them back, hand them over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import Outside, authorize, require
from kepu.literacy.models import Case, Fieldwork
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules import fieldwork as rules
from kepu.literacy.states import FINISHED


@transaction.atomic
def hand_out(
    fieldwork_id: int,
    *,
    communities: Collection[int],
    interviewer: User | None,
    by: User,
    now: datetime,
    doors: Collection[int] | None = None,
) -> int:
    """Give doors of communities to an interviewer, or take them back (None); how many moved.

    `doors` narrows it to some of them. What is finished stays with who did it, for corrections.
    """
    of: Fieldwork = Fieldwork.objects.select_for_update().get(pk=fieldwork_id)
    reach = queries.reach_of(by, now)
    authorize(None if reach else rules.why_not_supervise(by, of.path, now))
    places = [one for one in queries.communities(of, reach) if one.pk in set(communities)]
    if len(places) < len(set(communities)):
        raise Outside(_("there is no such community here"))
    require(rules.why_not_change_doors(of))
    if interviewer is not None:
        for one in places:
            require(rules.why_not_hand_to(interviewer, one.division.path, now))
    moved = _free(of, [one.pk for one in places], doors).update(interviewer=interviewer)
    audit.record(
        by, "fieldwork.hand_out" if interviewer else "fieldwork.take_back", of, now=now,
        for_whom=interviewer, communities=sorted(one.pk for one in places), doors=moved,
    )  # fmt: skip
    return int(moved)


def _free(of: Fieldwork, places: list[int], doors: Collection[int] | None) -> QuerySet[Case]:
    found = Case.objects.filter(fieldwork=of, community__in=places)
    found = found.exclude(outcome__in=FINISHED)
    return found if doors is None else found.filter(pk__in=doors)
