"""Reads of reviews: who stands behind an application, who reviews it, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kepu.appraisal.models import (
    Application,
    ApplicationStep,
    Call,
    Evidence,
    Inspector,
    Panels,
    Review,
    Seat,
)
from kepu.appraisal.programme.schema import Criterion, Programme
from kepu.appraisal.queries import applications
from kepu.appraisal.states import SITTING, TO_REVIEW, ApplicationState, Blinding, ReviewState
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries import experts

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

UNFINISHED = (ReviewState.ASKED, ReviewState.AT_WORK)
SHORTEST = 4  # letters of a unit's name that may stand for what lies below it

Key = tuple[str, str | int]


def judged(programme: Programme, klass: str) -> list[Criterion]:
    """What reviewers score: every criterion of the class but those that are measured."""
    return [one for one in programme.criteria(klass) if not one.measure]


# --- who stands behind an application -------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """An application as the rules of conflict look at it: `keys` name everybody behind it.

    ("person", id), ("unit", id), ("name", a person's), ("unit name", a unit's), ("unit above", the
    beginning of a unit's name), ("line", id of a unit above or below by the register), ("merged", id of
    a unit that became it or that it became), ("district", path).
    """

    application_id: int
    code: str
    klass: str
    district: str
    keys: frozenset[Key]


def parties(applications: QuerySet[Application], on: date, years: int) -> list[Party]:
    """Who stands behind these applications, in order of code. Ten queries, however many.

    Behind a person stand the units where they, an expert too, work or worked within `years`.
    """
    joined = applications.select_related("organisation", "venue__organisation", "person")
    rows = list(joined.order_by("code"))
    hands = _hands(rows)
    districts = divisions.district_paths(one.path for one in rows)
    units = _units_of_persons({one.person_id for one in rows if one.person_id}, on, years)
    known = {
        one.pk: _keys(one, hands[one.pk], units, districts.get(one.path)) for one in rows
    }  # fmt: skip
    kin = kin_keys(known.values())
    return [
        Party(
            one.pk, one.code, one.klass, districts.get(one.path, one.path),
            known[one.pk].union(*(kin.get(key, ()) for key in known[one.pk])),
        )
        for one in rows
    ]  # fmt: skip


def kin_keys(known: Iterable[frozenset[Key]]) -> dict[Key, set[Key]]:
    """For each unit behind these applications, those it hangs together with. One query."""
    units = {key for keys in known for key in keys if key[0] == "unit"}
    found = accounts.kin_of([int(pk) for _unit, pk in units])
    return {
        ("unit", pk): {("line", one) for one in kin.line} | {("merged", one) for one in kin.merged}
        for pk, kin in found.items()
    }


def _hands(rows: Iterable[Application]) -> dict[int, set[int]]:
    """Whoever wrote an application down, handed it in, or registered its venue."""
    found: dict[int, set[int]] = defaultdict(set)
    for one in rows:
        venue = one.venue.registered_by_id if one.venue else None
        found[one.pk] |= {who for who in (one.made_by_id, one.person_id, venue) if who}
    handed_in = ApplicationStep.objects.filter(application__in=list(found), verb="submit")
    for pk, who in handed_in.exclude(by=None).values_list("application", "by"):
        found[pk].add(who)
    return found


def _keys(
    one: Application,
    hands: Iterable[int],
    units: dict[int, set[Key]],
    district: str | None,
) -> frozenset[Key]:
    keys: set[Key] = {("person", who) for who in hands}
    keys |= units.get(one.person_id or 0, set())
    for unit in (one.organisation, one.venue and one.venue.organisation):
        if unit:
            keys |= {("unit", unit.pk)} | unit_keys(unit.name)
    if one.venue:
        keys |= unit_keys(one.venue.name)
    if one.person is not None and one.person.data_key is not None:
        keys.add(("name", plain(one.person.personal.name)))
    if district:
        keys.add(("district", district))
    return frozenset(keys)


def _units_of_persons(persons: set[int], on: date, years: int) -> dict[int, set[Key]]:
    """Where applicants who are experts themselves work, or worked since then."""
    if not persons:
        return {}
    own = {one.id: one.person_id for one in experts.pool(on=on) if one.person_id in persons}
    found: dict[int, set[Key]] = defaultdict(set)
    for pk, bonds in experts.bonds(own).items():
        for employer in recent(bonds, on, years):
            found[own[pk]] |= unit_keys(employer.name)
            if employer.organisation_id:
                found[own[pk]].add(("unit", employer.organisation_id))
    return found


def recent(bonds: experts.Bonds, on: date, years: int) -> list[experts.Employer]:
    """Units where an expert works, or worked within so many years."""
    since = date(on.year - years, on.month, min(on.day, 28))
    return [one for one in bonds.employers if one.last is None or one.last >= since]


def unit_keys(name: str) -> set[Key]:
    """A unit by its name, and by what its name begins with: 示例大学 stands above 示例大学物理学院."""
    plainly = plain(name)
    above: set[Key] = {("unit above", plainly[:n]) for n in range(SHORTEST, len(plainly))}
    return above | {("unit name", plainly)}


def plain(name: str) -> str:
    """A name as it is compared: without spaces, in small letters."""
    return "".join(name.split()).casefold()


# --- for the secretary ----------------------------------------------------------------------------


def kept(call_id: int, person: User | None, now: datetime) -> Call:
    """A call whose reviewers the person finds; of any other nobody learns here. Raises Outside."""
    found: Call | None = Call.objects.select_related("division_now").filter(pk=call_id).first()
    if found is None or not (roles.reach(person, Verb.APPRAISAL_KEEP, now).covers(found.path)):
        raise Outside(_("there is no such call"))
    return found


def to_review(call: Call) -> QuerySet[Any]:
    """Applications that reviewers judge now or soon, with `sitting` reviews, in order of code."""
    found: QuerySet[Any] = call.applications.filter(state__in=TO_REVIEW)
    return found.annotate(sitting=number_of(SITTING)).order_by("code")


def number_of(states: Collection[str]) -> Coalesce:
    """How many reviews of an application stand in these states: looked up, for a join would carry all
    columns of the application through its sum.
    """
    found = Review.objects.filter(application=OuterRef("pk"), state__in=states).order_by()
    counted = found.values("application").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def lacking(call: Call, each: int) -> QuerySet[Any]:
    """Applications that have fewer reviewers than they need."""
    return to_review(call).filter(sitting__lt=each)


def shut(call: Call, person: User, now: datetime) -> list[int]:
    """Applications of the call, by id, whose reviewers are kept from the person, who has a side in them."""
    found = applications.bound(person, now, call.applications.order_by("pk"))
    return list(found.values_list("pk", flat=True).distinct())


def reviews_of(call: Call, shut: Collection[int]) -> QuerySet[Review]:
    """Reviews of a call but for those of `shut`, by code, with the expert's person. One query."""
    found = Review.objects.filter(application__call=call).exclude(application__in=shut)
    ordered: QuerySet[Review] = found.order_by("application__code", "pk")
    return ordered.select_related("application", "expert__person")


@dataclass(frozen=True)
class Standing:
    """How far the reviewing of a call is."""

    applications: int
    lacking: int
    asked: int
    at_work: int
    done: int
    overdue: int


def standing(call: Call, each: int, now: datetime) -> Standing:
    """How far the reviewing is. Two queries."""
    few = Count("pk", filter=Q(sitting__lt=each))
    counted = to_review(call).order_by().aggregate(applications=Count("pk"), lacking=few)
    late = Count("pk", filter=Q(state__in=UNFINISHED, due_at__lt=now))
    states = {state: Count("pk", filter=Q(state=state)) for state in SITTING}
    found = Review.objects.filter(application__call=call).aggregate(**states, late=late)
    return Standing(
        counted["applications"], counted["lacking"], found[ReviewState.ASKED],
        found[ReviewState.AT_WORK], found[ReviewState.DONE], found["late"],
    )  # fmt: skip


def panels(panels_id: int) -> Panels:
    """A proposal with its call; raises Outside."""
    found: Panels | None = (
        Panels.objects.select_related("call__division_now").filter(pk=panels_id).first()
    )
    if found is None:
        raise Outside(_("there is no such proposal"))
    return found


def newest_panels(call: Call) -> Panels | None:
    """The last proposal of a call."""
    return call.panels.order_by("-pk").first()


def seats(panels: Panels, shut: Collection[int]) -> QuerySet[Seat]:
    """Seats of a proposal but for those of `shut`: where nobody sits first, then by application."""
    found = panels.seats.select_related("application", "expert__person")
    found = found.exclude(application__in=shut)
    return found.order_by(F("expert").asc(nulls_first=True), "application__code", "-fit", "pk")


def loads(panels: Panels, shut: Collection[int]) -> list[tuple[int, int]]:
    """Ids of experts and how many each would review, the most first. One query."""
    taken = panels.seats.filter(expert__isnull=False).exclude(application__in=shut)
    counts = taken.order_by().values_list("expert").annotate(n=Count("pk"))
    return list(counts.order_by("-n", "expert"))


def held_files(call: Call, shut: Collection[int]) -> QuerySet[Evidence]:
    """Files of applications that were handed in, but for `shut`, which blind reviewers go without."""
    found = Evidence.objects.filter(application__call=call, blinding=Blinding.HELD)
    found = found.exclude(application__state=ApplicationState.DRAFT).exclude(application__in=shut)
    return found.select_related("application").order_by("application__code", "pk")


def kept_file(evidence_id: int) -> Evidence:
    """A file of an application that was handed in; a draft's is nobody's. Raises Outside."""
    rows = Evidence.objects.exclude(application__state=ApplicationState.DRAFT)
    found = rows.select_related("application__call").filter(pk=evidence_id).first()
    if found is None:
        raise Outside(_("there is no such file"))
    return found


def drawn_of(call: Call) -> QuerySet[Panels]:
    """Draws by lot that came to be, the first first."""
    return call.panels.filter(drawn="lot", asked_at__isnull=False).order_by("pk")


# --- for the reviewer -----------------------------------------------------------------------------


def of_person(person: User) -> QuerySet[Review]:
    """What an expert was asked to review: what waits first, the most urgent on top. Two queries."""
    mine = Review.objects.filter(expert__person=person).exclude(state=ReviewState.REPLACED)
    joined = mine.select_related("application__call").annotate(filled=Count("scores"))
    return joined.order_by(F("done_at").asc(nulls_first=True), "due_at", "pk")


def own(review_id: int, person: User) -> Review:
    """A review of the person's own; of any other nobody learns that there is one. Raises Outside."""
    found = Review.objects.filter(pk=review_id, expert__person=person)
    joined = found.exclude(state=ReviewState.REPLACED).select_related(
        "application__call", "expert__person"
    )
    review: Review | None = joined.first()
    if review is None:
        raise Outside(_("there is no such review"))
    return review


def late(now: datetime, *, soon: datetime, again: datetime) -> QuerySet[Review]:
    """Unfinished reviews that are due before `soon` and of which nobody was reminded since `again`."""
    unheard = Q(reminded_at__isnull=True) | Q(reminded_at__lt=again)
    found = Review.objects.filter(
        unheard,
        state__in=UNFINISHED,
        due_at__lt=soon,
        application__state=ApplicationState.IN_REVIEW,
    )
    ordered: QuerySet[Review] = found.order_by("due_at", "pk")
    return ordered.select_related("application__call", "expert__person")


def left_behind() -> QuerySet[Review, int]:
    """Applications, by id, that left their reviewers while some had not handed in. One query."""
    found = Review.objects.filter(state__in=UNFINISHED)
    gone = found.exclude(application__state=ApplicationState.IN_REVIEW)
    return gone.order_by("application").values_list("application", flat=True).distinct()


def with_reviews(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Applications with all that was ever asked about them. One query more."""
    reviews = Review.objects.select_related("expert__person").order_by("pk")
    return applications.prefetch_related(Prefetch("reviews", queryset=reviews))


def met(applications: Collection[int]) -> dict[int, set[int]]:
    """Experts who were ever asked about each application or inspected it: nobody is asked twice.

    Who was on the spot knows who applies. Two queries.
    """
    found: dict[int, set[int]] = defaultdict(set)
    asked = Review.objects.filter(application__in=applications)
    went = Inspector.objects.filter(inspection__application__in=applications)
    by_person = went.filter(person__expert__isnull=False)
    for application, expert in [
        *asked.values_list("application", "expert"),
        *by_person.values_list("inspection__application", "person__expert"),
    ]:
        found[application].add(expert)
    return found


def load_in(call: Call) -> dict[int, int]:
    """How many reviews of a call each expert has. One query."""
    pairs = Review.objects.filter(application__call=call, state__in=SITTING).values_list("expert")
    return dict(pairs.annotate(n=Count("pk")).order_by())


def application_of(review: Review) -> Application:
    """The application of a review, with everything that may tell who applies. One query."""
    return application_of_id(review.application_id)


def application_of_id(application_id: int) -> Application:
    """An application with everything that may tell who applies. One query."""
    rows = Application.objects.select_related(
        "call", "venue__organisation", "organisation", "person", "made_by"
    )
    found: Application = rows.get(pk=application_id)
    return found


def waiting_for(person: User) -> QuerySet[Review]:
    """Reviews that an expert has not finished. One query."""
    return Review.objects.filter(expert__person=person, state__in=UNFINISHED)
