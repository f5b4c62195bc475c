"""Reads of booklets."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import BookletItem, BookletSet, Item


def sets_of(person: User, now: datetime) -> QuerySet[BookletSet]:
    """Sets of booklets of the banks that a person keeps, the newest first."""
    reach = roles.reach(person, Verb.ITEM_APPROVE, now)
    found: QuerySet[BookletSet] = BookletSet.objects.filter(reach.limit())
    return found.select_related("division_now").order_by("-pk")


def booklet_set(set_id: int) -> BookletSet:
    """One set; raises Outside."""
    found = BookletSet.objects.select_related("division_now").filter(pk=set_id).first()
    if found is None:
        raise Outside(_("there are no such booklets"))
    return found


def booklets(of: BookletSet) -> list[list[BookletItem]]:
    """The lines of each booklet. Two queries."""
    found: list[list[BookletItem]] = [[] for _number in range(of.booklets)]
    for line in of.lines.select_related("item__discipline"):
        found[line.number - 1].append(line)
    return found


def in_common(made: list[list[BookletItem]]) -> list[tuple[int, int, int]]:
    """For each two booklets their numbers, and how many items both have."""
    sets = [{line.item_id for line in one} for one in made]
    return [
        (one + 1, other + 1, len(sets[one] & sets[other]))
        for one, other in combinations(range(len(sets)), 2)
    ]


def items_of(of: BookletSet, number: int) -> list[Item]:
    """The items of one booklet in the order they are asked, with their words; raises Outside."""
    lines = of.lines.filter(number=number).select_related("item__discipline")
    found = [line.item for line in lines.prefetch_related("item__wordings")]
    if not found:
        raise Outside(_("there are no such booklets"))
    return found
