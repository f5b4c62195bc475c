"""Reads of statistical returns: whose, of which year, and what stands in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import records, reminding, statistics
from kepu.literacy.models import Figure, Return, ReturnStep, Round
from kepu.literacy.reminding import Near
from kepu.literacy.states import FILLING, ReturnState, RoundState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def of_units(person: User, now: datetime) -> QuerySet[Return]:
    """Returns of the units that the person fills them for, the latest year first."""
    units = roles.reach(person, Verb.RETURN_FILE, now).organisations
    return _told(Return.objects.filter(organisation__in=units)).order_by("-round__year", "pk")


def in_scope(person: User | None, now: datetime) -> QuerySet[Return]:
    """Returns of the places where the person checks them."""
    return _told(Return.objects.filter(roles.reach(person, Verb.RETURN_CHECK, now).limit()))


def seen(person: User, return_id: int, now: datetime) -> Return:
    """One return, for who fills it or checks it; raises Outside for everybody else."""
    found: Return | None = _told(Return.objects.filter(pk=return_id)).first()
    if found is None or not (fills(person, found, now) or checks(person, found, now)):
        raise Outside(_("there is no such return"))
    return found


def fills(person: User | None, one: Return, now: datetime) -> bool:
    unit = one.organisation_id
    return roles.holds(person, Verb.RETURN_FILE, now=now, organisation_id=unit)


def checks(person: User | None, one: Return, now: datetime) -> bool:
    return roles.holds(person, Verb.RETURN_CHECK, now=now, path=one.path)


def _told(found: QuerySet[Return]) -> QuerySet[Return]:
    return found.select_related("round", "organisation", "division_now")


def values(one: Return) -> dict[str, Decimal]:
    """What is filled. One query."""
    return dict(one.figures.values_list("key", "value"))


def from_records(one: Return) -> dict[str, Figure]:
    """Figures that were taken from Kepu's records and not changed since. One query."""
    return {figure.key: figure for figure in one.figures.exclude(source="")}


def unfilled(one: Return) -> dict[str, records.Known]:
    """What records know of figures that are asked for and empty."""
    form, filled = statistics.of_version(one.round.rules), values(one)
    known = records.known(one.organisation_id, one.round.year)
    return {key: known[key] for key in form.asked if key in known and key not in filled}


def last_values(one: Return) -> dict[str, Decimal]:
    """What the same unit reported for the year before: handed in, at least. One query."""
    before = Figure.objects.filter(
        of__organisation=one.organisation_id, of__round__year=one.round.year - 1
    )
    found = before.exclude(of__state__in=FILLING).order_by("of__round_id")
    return dict(found.values_list("key", "value"))


def steps(one: Return) -> QuerySet[ReturnStep]:
    """What happened to a return, the last first."""
    return one.steps.select_related("by")


def remarks(one: Return) -> ReturnStep | None:
    """What has to be corrected; none unless the return was sent back."""
    if one.state != ReturnState.RETURNED:
        return None
    return one.steps.filter(verb="send_back").first()


def listed(
    person: User | None, now: datetime, *, year: int | None, state: str, district: str, words: str
) -> QuerySet[Return]:
    """Returns that the person checks, narrowed."""
    found = in_scope(person, now)
    found = found.filter(round__year=year) if year else found
    found = found.filter(state=state) if state else found
    found = found.filter(path__within=district) if district else found
    return found.filter(organisation__name__icontains=words) if words else found


def to_begin(person: User, now: datetime) -> list[tuple[Round, Organisation]]:
    """Units of the person that came after a round was opened, and have no return in it yet."""
    units = roles.reach(person, Verb.RETURN_FILE, now).organisations
    if not units:
        return []
    begun = Return.objects.filter(round=OuterRef("pk"))
    found = []
    for unit in Organisation.objects.filter(pk__in=units, active=True).order_by("pk")[:20]:
        rounds = Round.objects.filter(state=RoundState.OPEN).exclude(
            Exists(begun.filter(organisation=unit))
        )
        found += [(one, unit) for one in rounds if unit.path.startswith(one.path)]
    return found


def to_tell(round_id: int, after: int, most: int) -> list[Return]:
    """Returns that nobody has begun to hand in, after one of them by number, while their round is open."""
    waiting = Return.objects.filter(
        round=round_id, pk__gt=after, state=ReturnState.DRAFT, round__state=RoundState.OPEN
    )
    return list(_told(waiting).order_by("pk")[:most])


def to_remind(now: datetime, most: int) -> list[Return]:
    """Returns still being filled whose deadline is near, and whose unit may have to be told. One query."""
    waiting = Return.objects.filter(
        state__in=FILLING, reminded__lt=Near.LAST, round__state=RoundState.OPEN,
        round__deadline__gte=now, round__deadline__lte=now + timedelta(days=60),
    )  # fmt: skip
    return list(_told(waiting).order_by("reminded", "round__deadline", "pk")[:most])


def near(one: Return, now: datetime) -> Near:
    """How near the deadline of a return is, by its form."""
    form, due = statistics.of_version(one.round.rules), clock.day(one.round.deadline)
    return reminding.near(due, clock.day(now), form.remind, form.remind_last)


def late(made: Round, path: str) -> QuerySet[Return]:
    """Returns of a place that are still being filled, and of which its officers were not told."""
    waiting = Return.objects.filter(
        round=made, path__within=path, state__in=FILLING, reminded__lt=Near.OVER
    )
    return _told(waiting).order_by("path", "pk")


def places_late(now: datetime) -> list[tuple[int, str]]:
    """Rounds past their deadline, each with the districts in which somebody is to be told. Some queries."""
    found = []
    for made in Round.objects.filter(state=RoundState.OPEN, deadline__lt=now).order_by("pk"):
        paths = set(late(made, made.path).values_list("path", flat=True))
        places = divisions.district_paths(paths)
        found += [(made.pk, one) for one in sorted({places.get(p, made.path) for p in paths})]
    return found


def lockable(round_id: int, path: str) -> QuerySet[Return]:
    """Checked returns of a place."""
    return Return.objects.filter(Q(round=round_id), path__within=path, state=ReturnState.CHECKED)
