"""Doors of a fieldwork: handed out, taken back, handed over; their addresses taken in."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles.queries import Reach
from kepu.kernel.tables import MOST_ROWS, Fault
from kepu.literacy import door_tables
from kepu.literacy.actions import addresses, assigning
from kepu.literacy.field_forms import HandOutForm, TableForm
from kepu.literacy.models import Case, Fieldwork, SampledCommunity
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.states import FINISHED
from kepu.literacy.views.fieldwork import seen
from kepu.literacy.views.shapes import form_page, person_of, table_page


@login_required
def hand_out(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """Communities of a district, whose doors go to an interviewer or come back."""
    of, now = seen(request, fieldwork_id), clock.now()
    reach = queries.reach_of(person_of(request), now)
    held: dict[str, list[SampledCommunity]] = defaultdict(list)
    for one in queries.communities(of, reach):
        held[queries.district_of(of, one.division.path)].append(one)
    piles = queries.piles(of, reach)
    asked = request.GET.get("district", "")
    district = asked if asked in held else _first(of, held, piles)
    here = held.get(district, [])
    people = _able(here)
    form = HandOutForm(request.POST or None, choices=_choices(here, piles), people=_named(people))

    def act() -> HttpResponse:
        moved = assigning.hand_out(
            of.pk, communities=form.cleaned_data["chosen"],
            interviewer=people.get(form.cleaned_data["interviewer"]), by=person_of(request),
            now=clock.now(),
        )  # fmt: skip
        _say(request, moved)
        return redirect(f"{reverse('survey-fieldwork-doors', args=[of.pk])}?district={district}")

    return form_page(
        request, form, act, "literacy/doors.html", fieldwork=of, district=district,
        districts=_districts(of, held, piles), communities=here, anybody=bool(people),
    )  # fmt: skip


def _first(of: Fieldwork, held: dict[str, Any], piles: list[queries.Pile]) -> str:
    """The first district in which something is to be handed out."""
    free = {one.community for one in piles if one.interviewer is None}
    for path, some in held.items():
        if any(one.pk in free for one in some):
            return path
    return next(iter(held), "")


def _districts(
    of: Fieldwork, held: dict[str, list[SampledCommunity]], piles: list[queries.Pile]
) -> list[tuple[str, str, int]]:
    """Path, name, and how many doors nobody has."""
    free: Counter[int] = Counter()
    for one in piles:
        if one.interviewer is None:
            free[one.community] += one.doors
    names = {row["path"]: row["name"] for row in of.sample.summary.get("districts", ())}
    return [
        (path, names.get(path, path), sum(free[one.pk] for one in some))
        for path, some in held.items()
    ]


def _choices(here: list[SampledCommunity], piles: list[queries.Pile]) -> list[tuple[int, str]]:
    """Each community with how many doors, and who has them."""
    by: dict[int, Counter[int | None]] = defaultdict(Counter)
    for pile in piles:
        by[pile.community][pile.interviewer] += pile.doors
    names = queries.names_of(p for some in by.values() for p in some if p is not None)
    found = []
    for one in here:
        who = [
            f"{names.get(person, '') if person else _('nobody')} {doors}"
            for person, doors in by[one.pk].most_common()
        ]
        found.append((one.pk, f"{one.division.name} · {'、'.join(who)}"))
    return found


def _able(here: list[SampledCommunity]) -> dict[int | None, User]:
    """Who may knock in at least one of the communities; the action asks of each."""
    found: dict[int | None, User] = {}
    for path in {one.division.path for one in here}:
        found |= {one.pk: one for one in queries.interviewers_at(path, clock.now())}
    return found


def _named(people: dict[int | None, User]) -> list[tuple[int, str]]:
    return sorted(((one.pk, one.name) for one in people.values()), key=lambda pair: pair[1])


def _say(request: HttpRequest, moved: int) -> None:
    words = ngettext("%(n)s door changed hands.", "%(n)s doors changed hands.", moved)
    messages.success(request, words % {"n": f"{moved:,}"})


@login_required
def community(request: HttpRequest, fieldwork_id: int, community_id: int) -> HttpResponse:
    """The doors of one community; some of them go to somebody else."""
    of, now = seen(request, fieldwork_id), clock.now()
    one = queries.community(of, community_id, queries.reach_of(person_of(request), now))
    doors = list(queries.doors_in(of, one)[: door_tables.MOST_DOORS])
    people = _able([one])
    form = HandOutForm(
        request.POST or None, people=_named(people), label=_("Doors"),
        choices=[(door.pk, _told(door)) for door in doors if door.outcome not in FINISHED],
    )  # fmt: skip

    def act() -> HttpResponse:
        moved = assigning.hand_out(
            of.pk, communities=[one.pk], doors=form.cleaned_data["chosen"],
            interviewer=people.get(form.cleaned_data["interviewer"]), by=person_of(request),
            now=clock.now(),
        )  # fmt: skip
        _say(request, moved)
        return redirect("survey-fieldwork-community", of.pk, one.pk)

    finished = [door for door in doors if door.outcome in FINISHED]
    return form_page(
        request, form, act, "literacy/doors_community.html", fieldwork=of, community=one,
        finished=finished, now=now,
    )  # fmt: skip


def _told(door: Case) -> str:
    who = door.interviewer.name if door.interviewer else pgettext("fieldwork", "nobody")
    outcome = door.get_outcome_display() if door.outcome else _("not tried yet")
    booklet = _("booklet %(n)s") % {"n": door.booklet}
    return f"{door.number} · {who} · {outcome} · {booklet}"


# --- addresses ------------------------------------------------------------------------------------


@login_required
def take_addresses(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table of addresses: first tried, with every wrong row named; taken in when clean."""
    of, now = seen(request, fieldwork_id), clock.now()
    reach = queries.reach_of(person_of(request), now)
    form = TableForm(request.POST or None, request.FILES or None)
    cases = queries.cases_of(of, reach)
    known, doors = cases.filter(address__isnull=False).count(), cases.count()

    def read(sent: Any, really: bool) -> tuple[int, list[Fault]]:
        found, faults = door_tables.read(sent, sent.name, of, queries.communities(of, reach))
        if really and not faults:
            addresses.take_addresses(of.pk, found=found, by=person_of(request), now=now)
        return len(found), faults

    def done(right: int) -> HttpResponse:
        messages.success(request, _("%(n)s addresses were taken in and sealed.") % {"n": right})
        return redirect("survey-fieldwork", of.pk)

    return table_page(
        request, form, "literacy/door_addresses.html", read, done, fieldwork=of, known=known,
        doors=doors, parts=_parts(of, reach) if doors > MOST_ROWS else [], most=MOST_ROWS,
    )  # fmt: skip


def _parts(of: Fieldwork, reach: Reach) -> list[tuple[str, str]]:
    """Districts whose doors are filled in one by one, where all together are more than a table takes."""
    known = {queries.district_of(of, one.division.path) for one in queries.communities(of, reach)}
    return [
        (row["path"], row["name"])
        for row in of.sample.summary.get("districts", ())
        if row["path"] in known
    ]


@login_required
def to_fill_in(request: HttpRequest, fieldwork_id: int) -> HttpResponse:
    """A table with a row for each door, of all places or of one district, to write addresses into."""
    of = seen(request, fieldwork_id)
    reach = queries.reach_of(person_of(request), clock.now())
    asked = request.GET.get("district", "")
    places = [one for one in queries.communities(of, reach) if one.division.path.startswith(asked)]
    text = door_tables.to_fill_in(of, places)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="doors-{of.pk}.csv"'
    return answer
