"""Orders as a list: what may be asked of it, in which order it stands, and its rows as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Q, QuerySet
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.api import pages
from kepu.kernel.cursors import Part, Sort
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.search import queries as search
from kepu.kernel.search import tokens
from kepu.kernel.unindexed import Unindexed
from kepu.orders import contacts, queries, stations, visits
from kepu.orders.models import Order

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User
    from kepu.people.models import Skill, Team

SORTS = {
    "urgent": Sort("urgent_at", nullable=True, read=pages.moment),
    "due": Sort("due_at", nullable=True, read=pages.moment),
    "wanted": Sort("wanted_from", read=pages.moment),
    "visit": Sort("starts_at", nullable=True, read=pages.moment),
    "number": Sort("pk"),
    "priority": Sort("priority"),
}
BATCH = 500  # rows whose places are named by one query while a table is written
_NUMBER = re.compile(r"[kK]?0*([1-9]\d{0,17})")


@dataclass(frozen=True)
class Asked:
    """What a reader wants to see of the orders; left empty, a part asks for nothing."""

    states: tuple[str, ...] = ()
    place: str = ""
    topic: Skill | None = None
    department: Organisation | None = None
    team: str = ""
    overdue: bool = False
    unanswered_by: tuple[Team, ...] = ()
    first: date | None = None
    last: date | None = None
    words: str = ""


def sort_of(word: str) -> Sort:
    """The order that `due`, `-due` and so on name; the most urgent first for any other word."""
    found = SORTS.get(word.removeprefix("-"), SORTS["urgent"])
    down = word.startswith("-") and word[1:] in SORTS
    return Sort(found.field, down, found.nullable, found.read)


def listed(person: User, asked: Asked, now: datetime) -> QuerySet[Order]:
    """Orders the person may see that fit what was asked; the search is part of the one query."""
    return narrowing(person, asked, now)(Part(Q(), [])).order_by("-pk")


def narrowing(person: User, asked: Asked, now: datetime) -> Callable[[Part], QuerySet[Order]]:
    """The same, part by part: each way to see an order is asked for no more than the part.

    SQLite chooses an index for each way by what stands beside it. Where few orders are awaited, it
    is kept from beginning with all that have a state or a word.
    """
    sight = queries.sight(person, now)
    words = _words(asked, sight) if asked.words.strip() else None

    def narrowed(part: Part) -> QuerySet[Order]:
        found, wanted = queries.cards(), Q(*_wanted(asked, now, part.few))
        seen = sight.condition(wanted & part.condition)
        if words is None:
            return found.filter(seen)
        first = _first(found.filter(seen), asked, sight, part)
        return found.filter(words(part.few), seen) if first is None else found.filter(pk__in=first)

    return narrowed


def _wanted(asked: Asked, now: datetime, few: bool) -> Iterator[Q]:
    if asked.states:
        yield Q(In(Unindexed("state", CharField()) if few else F("state"), asked.states))
    if asked.place:
        yield Q(path__within=asked.place)
    if asked.topic:
        yield Q(topic=asked.topic)
    if asked.department:
        yield Q(department=asked.department)
    if asked.team.strip():
        yield Q(team__name__icontains=asked.team.strip())
    if asked.overdue:
        yield Q(due_at__lte=now)
    if asked.unanswered_by:
        waiting = visits.ratings_to_answer(asked.unanswered_by).order_by()
        yield Q(pk__in=waiting.values("order"))
    yield from _period(asked)


def _period(asked: Asked) -> Iterator[Q]:
    """Orders wanted at some time between the two days, both included."""
    if asked.first:
        yield Q(wanted_until__gte=_begin(asked.first))
    if asked.last:
        yield Q(wanted_from__lt=_begin(asked.last + timedelta(days=1)))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BEIJING)


def _words(asked: Asked, sight: queries.Sight) -> Callable[[bool], Q]:
    """The condition that an order holds the words that are asked for, for few orders or for many."""
    places = [asked.place] if asked.place else sight.places()
    words = tokens.words(asked.words)
    number = _NUMBER.fullmatch(asked.words.strip())
    named = Q(pk=int(number.group(1))) if number else Q()

    def held(few: bool) -> Q:
        if few:
            return Q(search.held_by(queries.SEARCHED, words, places)) | named
        found = search.holding(words, places, [queries.SEARCHED])
        return Q(pk__in=found.values("object_id")) | named

    return held


def _first(
    seen: QuerySet[Order], asked: Asked, sight: queries.Sight, part: Part
) -> list[int] | None:
    """Of few orders the first that hold the words, as many as are read; None where all are asked."""
    if not part.few or not part.most or _NUMBER.fullmatch(asked.words.strip()):
        return None
    places = [asked.place] if asked.place else sight.places()
    wanted, ordered = tokens.words(asked.words), seen.order_by(*part.order)
    return search.first_held(queries.SEARCHED, ordered, wanted, places, part.most)


# --- the table that is taken away -----------------------------------------------------------------


def headers(with_contact: bool) -> list[str]:
    """What stands above the columns of an exported table."""
    plain = [
        _("Order number"), _("Title"), _("State"), _("Topic"), _("For whom"), _("Place"), _("People"),
        _("Wanted from"), _("Wanted until"), _("Visit begins"), _("Visit ends"), _("Department"),
        _("Station that dispatched"), _("Team"), _("People who came"), _("Stars"), _("Priority"),
        _("Due"), _("Written down"),
    ]  # fmt: skip
    return [*plain, _("Name"), _("Telephone"), _("Where exactly")] if with_contact else plain


def rows(found: QuerySet[Order], scope: contacts.Scope | None) -> Iterator[list[Any]]:
    """The orders as rows, a batch in memory at a time; contacts only where `scope` reaches."""
    reading = found.select_related(None).select_related(
        "topic", "department", "team", *(["resident__home"] if scope else [])
    )
    orders = reading.iterator(chunk_size=BATCH)
    while batch := list(islice(orders, BATCH)):
        names = divisions.full_names({order.path for order in batch})
        stars, dispatched = visits.stars(batch), stations.names(batch)
        for order in batch:
            contact = _contact(order, scope) if scope else []
            station = dispatched.get(order.pk)
            yield [*_row(order, names[order.path], station, stars.get(order.pk)), *contact]


def _row(order: Order, place: str, station: str | None, stars: int | None) -> list[Any]:
    return [
        order.number, order.title, order.get_state_display(), order.topic.title,
        order.get_audience_display(), place, order.people, order.wanted_from, order.wanted_until,
        order.starts_at, order.ends_at, order.department.name if order.department else None,
        station, order.team.name if order.team else None, order.attended, stars,
        order.get_priority_display(), order.due_at, order.created_at,
    ]  # fmt: skip


def _contact(order: Order, scope: contacts.Scope) -> list[Any]:
    if not scope.covers(order):
        return [None, None, None]
    person = order.resident.personal
    name = person.name if scope.names(order) else masks.name(person.name)
    return [name, person.phone, order.place_text]
