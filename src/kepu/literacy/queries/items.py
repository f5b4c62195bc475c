"""Reads of the item bank. What an item says is confidential, so every list begins with who asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import BookletItem, Calibration, Item
from kepu.literacy.states import ItemState, SetState, Use, Verdict


def seen_by(person: User | None, now: datetime) -> QuerySet[Item]:
    """Items an officer keeps, and those a writer wrote. Two queries for the roles."""
    kept = roles.reach(person, Verb.ITEM_APPROVE, now).limit()
    written = roles.reach(person, Verb.ITEM_WRITE, now).limit() & Q(written_by=person)
    found: QuerySet[Item] = Item.objects.filter(kept | written)
    return found


def item(item_id: int) -> Item:
    """One item with its place and discipline; raises Outside."""
    found = _whole(Item.objects.filter(pk=item_id)).first()
    if found is None:
        raise Outside(_("there is no such item"))
    return found


def _whole(found: QuerySet[Item]) -> QuerySet[Item]:
    return found.select_related("discipline", "division_now", "written_by").prefetch_related(
        "wordings"
    )


def listed(
    person: User | None, now: datetime, *, words: str = "", **narrowed: str
) -> QuerySet[Item]:
    """Items the reader may see, the newest first, with what a list tells of each. One query more.

    `words` are looked for in the code, the question and its options; the bank is not in the city's
    search, where others could come upon it. `narrowed` may name a dimension, a discipline, a state
    and a use.
    """
    found = seen_by(person, now)
    for word in words.split():
        found = found.filter(Q(code__icontains=word) | Q(wordings__plain__icontains=word))
    asked = {NARROWED[name]: value for name, value in narrowed.items() if value}
    return _whole(with_figures(found.filter(**asked).distinct())).order_by("-pk")


NARROWED = {
    "dimension": "dimension",
    "discipline": "discipline__key",
    "state": "state",
    "use": "use",
}


def with_figures(found: QuerySet[Item]) -> QuerySet[Item]:
    """The same items with newest difficulty and discrimination, times asked, and approvals.

    What stands on the scale of its own wave is shown where nothing else is known: it compares with none.
    """
    alone = Case(When(scale=F("wave"), then=1), default=0)
    newest = Calibration.objects.filter(item=OuterRef("pk")).order_by(alone, "-on", "-pk")
    asked = Item.objects.filter(pk=OuterRef("pk")).annotate(n=Sum("exposures__asked")).values("n")
    fit = Q(reviews__verdict=Verdict.APPROVE) & Q(reviews__version=F("version"))
    return found.annotate(
        difficulty=Subquery(newest.values("difficulty")[:1]),
        discrimination=Subquery(newest.values("discrimination")[:1]),
        asked=Coalesce(Subquery(asked), 0),
        approvals=Count("reviews", filter=fit, distinct=True),
    )


def calibrated(path: str, use: Use) -> list[tuple[Item, Calibration]]:
    """Approved items of a bank for one use, each with its newest calibration on the scale that most of
    them stand on: difficulties of two scales are not of one kind. Two queries.
    """
    found = Item.objects.filter(path__within=path, state=ItemState.APPROVED, use=use)
    items = {one.pk: one for one in found.order_by("pk")}
    _scale, newest = main(on_scales(items))
    return [(items[pk], newest[pk]) for pk in items if pk in newest]


Newest = dict[int, Calibration]  # of each item, by its number


def on_scales(items: Iterable[int]) -> dict[str, Newest]:
    """The newest calibration of each item on each scale. One query."""
    found: dict[str, Newest] = {}
    for one in Calibration.objects.filter(item__in=list(items)).order_by("on", "pk"):
        found.setdefault(one.scale, {})[one.item_id] = one
    return found


def main(scales: dict[str, Newest]) -> tuple[str, Newest]:
    """The scale on which most items stand, of several the first that was; empty where none do."""
    found = sorted(
        scales.items(), key=lambda one: (-len(one[1]), min(c.pk for c in one[1].values()))
    )
    return found[0] if found else ("", {})


def waves(items: Iterable[int]) -> dict[int, int]:
    """In how many adopted sets of booklets each item stands. One query."""
    found = BookletItem.objects.filter(item__in=items, of__state=SetState.ADOPTED)
    counted = found.values("item").annotate(n=Count("of", distinct=True))
    return {row["item"]: row["n"] for row in counted}


def banks(person: User, now: datetime, verb: Verb = Verb.ITEM_WRITE) -> QuerySet[Division]:
    """The places where a person keeps or writes items. Two queries."""
    paths = roles.reach(person, verb, now).paths
    return Division.objects.filter(path__in=paths, valid_to__isnull=True).order_by("path")


def codes(bank: Division) -> set[str]:
    """Codes that are taken in a bank."""
    return set(Item.objects.filter(division_at=bank).values_list("code", flat=True))
