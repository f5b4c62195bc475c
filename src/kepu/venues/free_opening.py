"""Free opening: whether a venue fulfils the conditions, by which figures, and what the ledger comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import policy
from kepu.venues.models import DayCount, Subsidy, Venue
from kepu.venues.states import AT_WORK, STANDING, Admission, SubsidyStep

NONE = Decimal(0)


@dataclass(frozen=True)
class Condition:
    """One condition of free opening: what it asks, what is known, whether that fulfils it."""

    asked: str
    known: str
    met: bool


@dataclass(frozen=True)
class Counted:
    """Days on which a venue told visitors in a year, and how many came."""

    days: int = 0
    visits: int = 0


@dataclass(frozen=True)
class Balance:
    """What the ledger of a venue's year comes to, corrections and all."""

    granted: Decimal = NONE
    paid: Decimal = NONE
    returned: Decimal = NONE

    @property
    def open(self) -> Decimal:
        """Granted and not paid yet."""
        return self.granted - self.paid

    @property
    def kept(self) -> Decimal:
        """Paid and not returned."""
        return self.paid - self.returned


@dataclass(frozen=True)
class Standing:
    """A venue in a year: its conditions, who came, what was granted and paid."""

    venue: Venue
    conditions: list[Condition]
    counted: Counted
    balance: Balance

    @property
    def eligible(self) -> bool:
        return all(one.met for one in self.conditions)


# --- conditions -----------------------------------------------------------------------------------


def conditions(venue: Venue, counted: Counted, rules: policy.FreeOpening) -> list[Condition]:
    """Each condition of the rulebook against what the register and the daily counts say."""
    kinds = _(", ").join(str(kind.label) for kind in rules.kinds)
    return [
        Condition(kinds, venue.get_kind_display(), venue.kind in rules.kinds),
        Condition(_("registered and at work"), venue.get_state_display(), venue.state in AT_WORK),
        Condition(
            _("free on every open day"),
            venue.get_admission_display() or _("not told yet"),
            venue.admission == Admission.FREE,
        ),
        Condition(
            _("%(least)s m² of halls at least") % {"least": rules.hall_area},
            _known(venue.hall_area),
            (venue.hall_area or 0) >= rules.hall_area,
        ),
        Condition(
            _("open on %(least)s days at least, as told day by day") % {"least": rules.open_days},
            _known(counted.days),
            counted.days >= rules.open_days,
        ),
    ]


def _known(figure: int | None) -> str:
    return _("not told yet") if figure is None else str(figure)


def why_not_eligible(venue: Venue, year: int, now: datetime) -> str | None:
    """What stands in the way, in one sentence. One query."""
    rules = policy.free_opening(now)
    unmet = [
        one for one in conditions(venue, counts(year, [venue])[venue.pk], rules) if not one.met
    ]
    if not unmet:
        return None
    said = _("; ").join(
        _("%(asked)s (now: %(known)s)") % {"asked": one.asked, "known": one.known} for one in unmet
    )
    return _("not eligible for free opening: %(gaps)s") % {"gaps": said}


# --- rules of the ledger --------------------------------------------------------------------------


def why_not_enter(
    venue: Venue, year: int, step: str, amount: Decimal, day: date, now: datetime
) -> str | None:
    """What is granted needs the conditions; no more is paid than granted, or returned than paid."""
    if step not in SubsidyStep.values:
        return _("there is no such step")
    if day > clock.day(now):
        return _("this day has not begun yet")
    if amount <= 0:
        return _("an amount is above nought")
    if step == SubsidyStep.GRANTED:
        return _why_not_granted_yet(venue, year, now)
    stands = balance(venue, year)
    if step == SubsidyStep.PAID and amount > stands.open:
        return _("no more is paid than was granted")
    if step == SubsidyStep.RETURNED and amount > stands.kept:
        return _("no more is returned than was paid")
    return None


def _why_not_granted_yet(venue: Venue, year: int, now: datetime) -> str | None:
    if venue.state not in STANDING:
        return _("only a registered venue is granted a subsidy")
    if year >= clock.day(now).year:
        return _("this year is not over yet")
    return why_not_eligible(venue, year, now)


def why_not_correct(line: Subsidy, amount: Decimal, why: str) -> str | None:
    """A correction says why, is of a first line, and leaves the sums in their order."""
    if line.corrects_id is not None:
        return _("a correction is not corrected itself; correct the first entry once more")
    if not why.strip():
        return _("please give a reason")
    if amount == 0:
        return _("a correction changes the amount")
    stands = balance(line.venue, line.year)
    sums = {"granted": stands.granted, "paid": stands.paid, "returned": stands.returned}
    sums[line.step] += amount
    if not sums["granted"] >= sums["paid"] >= sums["returned"] >= 0:
        return _("after it, more would be paid than granted, or more returned than paid")
    return None


# --- reads ----------------------------------------------------------------------------------------


def counts(year: int, venues: Iterable[Venue]) -> dict[int, Counted]:
    """Days with visitors and visits of many venues in a year. One query."""
    of = [one.pk for one in venues]
    rows = DayCount.objects.filter(venue__in=of, day__year=year, visits__gt=0).order_by()
    told = rows.values("venue").annotate(days=Count("pk"), all=Sum("visits"))
    found = {row["venue"]: Counted(row["days"], row["all"]) for row in told}
    return {pk: found.get(pk, Counted()) for pk in of}


def balance(venue: Venue, year: int) -> Balance:
    """The sums of a venue's year. One query."""
    return _sums(venue.subsidies.filter(year=year)).get(venue.pk, Balance())


def _sums(rows: QuerySet[Subsidy]) -> Mapping[int, Balance]:
    """What each venue's lines come to, step by step. One query."""
    told = rows.order_by().values_list("venue", "step").annotate(all=Sum("amount"))
    found: dict[int, dict[str, Decimal]] = {}
    for venue, step, amount in told:
        found.setdefault(venue, {})[step] = amount
    return {venue: Balance(**sums) for venue, sums in found.items()}


def board(person: User | None, year: int, now: datetime) -> list[Standing]:
    """Venues of the officer's places to which the rulebook speaks, place by place. Five queries."""
    rules = policy.free_opening(now)
    reach = roles.reach(person, Verb.VENUE_JUDGE, now).limit()
    listed = Q(kind__in=rules.kinds, state__in=STANDING) | Q(subsidies__year=year)
    rows = Venue.objects.filter(reach & listed).select_related("division_now", "organisation")
    return standings(list(rows.distinct().order_by("path", "sort_key", "pk")), year, rules)


def standings(venues: Sequence[Venue], year: int, rules: policy.FreeOpening) -> list[Standing]:
    """Each venue in its year. Two queries."""
    told = counts(year, venues)
    sums = _sums(Subsidy.objects.filter(venue__in=[one.pk for one in venues], year=year))
    return [
        Standing(
            one, conditions(one, told[one.pk], rules), told[one.pk], sums.get(one.pk, Balance())
        )
        for one in venues
    ]


def ledger(venue: Venue, year: int) -> QuerySet[Subsidy]:
    """Line by line, the first first. One query."""
    return venue.subsidies.filter(year=year)


def lines_in_reach(person: User | None, now: datetime, year: int | None) -> QuerySet[Subsidy]:
    """The ledger of the officer's places. Two queries."""
    found = Subsidy.objects.filter(roles.reach(person, Verb.VENUE_JUDGE, now).limit("venue__path"))
    found = found.filter(year=year) if year else found
    return found.select_related("venue__division_now", "venue__organisation")
