"""Venues for everybody, for who manages them, and for the officers who decide about them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from kepu.kernel import clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.crosswalk import maps
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import NotAllowed, Outside, authorize, require
from kepu.kernel.registers import as_list_and_map, one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.ui.maps import Dot
from kepu.venues import (
    actions,
    albums,
    areas,
    facilities,
    money,
    pictures,
    queries,
    rules,
    sharing,
    siting,
    years,
)
from kepu.venues.forms import (
    DAYS,
    CountForm,
    DecisionForm,
    NewVenueForm,
    OpeningForm,
    VenueForm,
)
from kepu.venues.models import Venue
from kepu.venues.registers import DESK, VENUES
from kepu.venues.states import OPEN_TO_CHANGE, STANDING, VENUE, FileKind, VenueState

MOST_DOTS = 400
WORDS = {
    "send_back": lazy("Return for mending"),
    "warn": lazy("Warn the venue"),
    "suspend": lazy("Suspend the venue"),
    "reinstate": lazy("Reinstate the venue"),
    "revoke": lazy("Revoke the registration"),
    "close": lazy("Close the venue"),
}
TONES = {
    VenueState.ACTIVE: "success",
    VenueState.SUBMITTED: "information",
    VenueState.WARNED: "warning",
    VenueState.RETURNED: "warning",
    VenueState.SUSPENDED: "danger",
    VenueState.REVOKED: "danger",
}


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that only opens to somebody signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user


def _somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


form_page = partial(forming.form_page, template="venues/form.html")


# --- for everybody --------------------------------------------------------------------------------


def listed(request: HttpRequest) -> HttpResponse:
    """Venues by place, as a list or on the map."""
    form, asked, found, bar = read(request, VENUES)
    rows, pager = one_page(request, found)
    context: dict[str, Any] = {
        "form": form,
        "bar": bar,
        "rows": rows,
        "pager": pager,
        "tones": TONES,
        "manages": bool(roles.reach(_somebody(request), Verb.VENUE_KEEP, clock.now())),
        "views": as_list_and_map(request),
        "view": asked.get("view", ""),
    }
    context["counts"] = _counts(asked.get("district", ""))
    if context["view"] == "map":
        context["map"], context["note"] = _map(found, asked.get("district", ""))
    return render(request, "venues/list.html", context)


def _counts(district: str) -> list[tuple[str, str, list[Any]]]:
    """What public reports count, each report with its parts, the total first; no base is named."""
    found: dict[tuple[str, str], list[Any]] = {}
    for row in queries.reported_counts(district):
        found.setdefault((row.period, row.source), []).append(row)
    return [(period, source, rows) for (period, source), rows in found.items()]


def _map(found: Any, district: str) -> Any:
    """Venues that are on the register by district; those with a position of their own have a dot."""
    standing = found.filter(state__in=STANDING)
    dots = [
        Dot(one.name, one.lon, one.lat, reverse("venue", args=[one.pk]), _dot(one))
        for one in standing.filter(lon__isnull=False)[:MOST_DOTS]
    ]
    return maps.by_district(
        standing.values_list("path", flat=True),
        clock.now(),
        unit=pgettext("unit", "venues"),
        href=lambda path: f"{reverse('venues')}?district={path}",
        dots=dots,
        selected=district,
    )


def _dot(venue: Venue) -> str:
    return "danger" if venue.state == VenueState.SUSPENDED else "plain"


def show(request: HttpRequest, venue_id: int) -> HttpResponse:
    """One venue: what it is, when it is open, how many came; and what this reader may do with it."""
    person, now = _somebody(request), clock.now()
    venue = queries.seen(venue_id, person, now)
    keeps = rules.why_not_keep(person, venue.organisation, now) is None
    officer = roles.reach(person, Verb.VENUE_JUDGE, now).covers(venue.path)
    looked_at = _is_looked_at(venue, keeps, officer)
    context = {
        "venue": venue,
        "place": divisions.full_name(venue.path),
        "tone": TONES.get(VenueState(venue.state), "plain"),
        "decision": queries.last_decision(venue),
        "not_usable": queries.why_not_at_work(venue) if venue.confirmed_at else None,
        "opening": opening(venue),
        "visits": pictures.by_month(queries.months(venue)),
        "keeps": keeps,
        "edits": keeps and venue.state in OPEN_TO_CHANGE,
        "stands": venue.state in STANDING,
        "gaps": rules.gaps(venue, now) if keeps and venue.state in OPEN_TO_CHANGE else [],
        "judges": officer and venue.state == VenueState.SUBMITTED,
        "why_not_confirm": rules.why_not_confirm_as(person, venue, now)
        or rules.why_not_confirm(venue, venue.version, now),
        "decisions": _decisions(person, venue, now),
        "steps": queries.steps(venue).select_related("by") if keeps or officer else (),
        "now": now,
        **_kept_true(venue, keeps, officer, now),
        "alike": siting.alike(venue, now) if looked_at else (),
        "area_advice": areas.advice(venue, now) if looked_at else (),
        "became": facilities.became(venue, person, now),
        "gifts": [(one, money.giver_said(one, person, now)) for one in money.of_venue(venue)],
    }
    return render(request, "venues/venue.html", context)


def _is_looked_at(venue: Venue, keeps: bool, officer: bool) -> bool:
    """Before it is confirmed, whoever writes it or decides about it hears what is to be looked at."""
    asked = (*OPEN_TO_CHANGE, VenueState.SUBMITTED)
    return (keeps or officer) and venue.state in asked


def _kept_true(venue: Venue, keeps: bool, officer: bool, now: datetime) -> dict[str, Any]:
    """Pictures, years, changes, reports of it and what it shares; some only for who is concerned."""
    concerned = keeps or officer
    return {
        "concerned": concerned,
        "officer": officer,
        "photos": albums.of(venue, FileKind.PHOTO),
        "papers": albums.of(venue, FileKind.DOCUMENT) if concerned else (),
        "years": venue.years.all()[:5] if venue.confirmed_at else (),
        "owed": years.owed_by(venue, now) if concerned and venue.confirmed_at else None,
        "waiting_change": queries.waiting_change(venue) if concerned else None,
        "changes": venue.proposals.exclude(state="waiting").order_by("-at")[:5]
        if concerned
        else (),
        "reports": queries.reports_of(venue),
        "same_as": venue.same_as,
        "to_tie": queries.to_tie(venue) if officer and venue.organisation_id else (),
        "passes": sharing.good_at(venue, now) if venue.confirmed_at else (),
    }


def opening(venue: Venue) -> str:
    """Such as: 星期二至星期日 09:00-17:00; nothing where nothing is told."""
    days = _(", ").join(_run(first, last) for first, last in _runs(venue.weekdays))
    if not (days and venue.opens_at and venue.closes_at):
        return days
    return f"{days} {venue.opens_at:%H:%M}-{venue.closes_at:%H:%M}"


def _runs(weekdays: int) -> list[tuple[int, int]]:
    """First and last day of each run of days on end, Monday being 0."""
    opened = [day for day in range(len(DAYS)) if weekdays >> day & 1]
    firsts = [day for day in opened if day - 1 not in opened]
    lasts = [day for day in opened if day + 1 not in opened]
    return list(zip(firsts, lasts, strict=True))


def _run(first: int, last: int) -> str:
    if first == last:
        return str(DAYS[first])
    return _("%(first)s to %(last)s") % {"first": DAYS[first], "last": DAYS[last]}


def _decisions(person: User | None, venue: Venue, now: datetime) -> list[tuple[str, Any, bool]]:
    """What this reader may decide now, each in words, and whether it is grave."""
    own = rules.why_not_keep(person, venue.organisation, now) is None
    judges = rules.why_not_judge(person, venue, now) is None
    closes = rules.why_not_close_as(person, venue, now) is None
    return [
        (verb, WORDS[verb], verb in ("suspend", "revoke", "close"))
        for verb in VENUE.verbs(venue.state)
        if rules.why_not_take(venue, verb, own=own) is None
        and (closes if verb == "close" else judges)
    ]


# --- for who manages venues -----------------------------------------------------------------------


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Venues of the units that the reader manages, and what each waits for."""
    person, now = person_of(request), clock.now()
    if not roles.reach(person, Verb.VENUE_KEEP, now):
        raise NotAllowed(_("only venue managers have this page"))
    rows, pager = one_page(request, queries.kept_by(person, now).order_by("sort_key", "pk"))
    context = {"rows": rows, "pager": pager, "tones": TONES, "standing": STANDING}
    return render(request, "venues/mine.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Write a venue down; it is handed in from its page."""
    person, now = person_of(request), clock.now()
    units = queries.units_of(person, now)
    if not units.exists():
        raise NotAllowed(_("only venue managers have this page"))

    def act(data: dict[str, Any]) -> HttpResponse:
        data.pop("version")
        made = actions.register(data.pop("organisation"), by=person, now=now, **data)
        toasts.say(request, _("Kept as a draft. Look through it and hand it in."))
        return redirect("venue", made.pk)

    form = NewVenueForm(request.POST or None, units=units, initial={"organisation": units.first()})
    return form_page(
        request, form, act, title=_("Register a venue"), back=reverse("my-venues"),
        submit=_("Keep the draft"),
    )  # fmt: skip


@login_required
def edit(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Say anew what the venue is, before it is handed in or after it was returned."""
    venue, by, now = kept(request, venue_id)
    require(rules.why_not_change(venue, venue.version))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version") or 0
        actions.change(venue.pk, seen=seen, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("venue", venue.pk)

    start = start_of(venue, VenueForm) | {"place": divisions.full_name(venue.path)}
    form = VenueForm(request.POST or None, initial=start)
    return form_page(
        request, form, act, title=venue.name, back=_of(venue), submit=_("Keep the changes")
    )


@login_required
def opening_hours(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Say anew when a registered venue is open, for whom it is free, and how it is reached."""
    venue, by, now = kept(request, venue_id)
    require(rules.why_not_change_opening(venue, venue.version))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version") or 0
        actions.change_opening(venue.pk, seen=seen, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("venue", venue.pk)

    form = OpeningForm(request.POST or None, initial=start_of(venue, OpeningForm))
    return form_page(
        request, form, act, title=venue.name, back=_of(venue), submit=_("Keep the changes")
    )


@login_required
def count(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Say how many visits a day had; below, the last days."""
    venue, by, now = kept(request, venue_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.count(venue.pk, by=by, now=now, **data)
        toasts.say(request, _("Kept."))
        return redirect("venue-count", venue.pk)

    form = CountForm(request.POST or None, initial={"day": clock.day(now)})
    return form_page(
        request, form, act, title=_("Visits of %(venue)s") % {"venue": venue.name},
        back=_of(venue), submit=_("Keep the number"), counts=queries.counted(venue)[:14], now=now,
    )  # fmt: skip


@login_required
@require_POST
def submit(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Hand the registration in."""
    venue, by, now = kept(request, venue_id)
    actions.submit(venue.pk, by=by, now=now)
    toasts.say(request, _("Handed in. Officers of the place confirm it or return it."))
    return redirect("venue", venue.pk)


# --- for officers ---------------------------------------------------------------------------------


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Venues of the officer's places: those to confirm first, unless another state is asked for."""
    given = {} if "state" in request.GET else {"state": VenueState.SUBMITTED.value}
    form, _asked, found, bar = read(request, DESK, **given)
    rows, pager = one_page(request, found)
    person, now = person_of(request), clock.now()
    wanted = years.asked(now)
    context = {
        "form": form, "bar": bar, "rows": rows, "pager": pager, "tones": TONES, "now": now,
        "changes": queries.changes_to_judge(person, now)[:50], "wanted": wanted,
        "owing": years.owing_in_reach(person, wanted.year, now).count(),
    }  # fmt: skip
    return render(request, "venues/desk.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Confirm what was handed in, as it was seen."""
    venue, by, now = _seen(request, venue_id)
    listed = request.POST.get("listed", "")
    actions.confirm(
        venue.pk, seen=version_of(request.POST), by=by, now=now,
        listed_id=int(listed) if listed.isascii() and listed.isdigit() and len(listed) < 10 else None,
    )  # fmt: skip
    toasts.say(request, _("Confirmed. The venue stands on the public register."))
    return redirect("venue", venue.pk)


@login_required
@require_POST
def tie(request: HttpRequest, venue_id: int, listed_id: int) -> HttpResponse:
    """Say that a base known from a report is this venue; the register shows it once."""
    venue, by, now = _seen(request, venue_id)
    actions.tie(venue.pk, listed_id=listed_id, by=by, now=now)
    toasts.say(request, _("Done. The register shows it once."))
    return redirect("venue", venue.pk)


@login_required
def decide(request: HttpRequest, venue_id: int, verb: str) -> HttpResponse:
    """Return, warn, suspend, reinstate, revoke or close, with the reason and the signed decision."""
    venue, by, now = _seen(request, venue_id)
    if verb not in WORDS:
        raise Outside(_("there is no such decision"))
    who = rules.why_not_close_as if verb == "close" else rules.why_not_judge
    authorize(who(by, venue, now))
    own = rules.why_not_keep(by, venue.organisation, now) is None
    require(rules.why_not_take(venue, verb, own=own))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version") or 0
        actions.decide(venue.pk, verb, seen=seen, by=by, now=now, **data)
        told = _("Done. It holds from now on, and the venue's managers were told.")
        toasts.say(request, told if venue.organisation else _("Done. It holds from now on."))
        return redirect("venue", venue.pk)

    form = DecisionForm(
        request.POST or None, initial={"version": version_of(request.GET) or venue.version}, verb=verb,
        signed=rules.is_signed(verb, own=own),
    )  # fmt: skip
    return form_page(
        request, form, act, title=f"{WORDS[verb]}{_(': ')}{venue.name}", back=_of(venue),
        submit=WORDS[verb],
    )  # fmt: skip


# --- what they share ------------------------------------------------------------------------------


def _seen(request: HttpRequest, venue_id: int) -> tuple[Venue, User, datetime]:
    by, now = person_of(request), clock.now()
    return queries.seen(venue_id, by, now), by, now


def kept(request: HttpRequest, venue_id: int) -> tuple[Venue, User, datetime]:
    """A venue that the reader manages; raises NotAllowed or Outside."""
    venue, by, now = _seen(request, venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    return venue, by, now


def version_of(said: QueryDict) -> int:
    """The version that the reader looked at; 0 where none is told."""
    version = said.get("version") or ""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


def start_of(venue: Venue, form: type[forms.Form]) -> dict[str, Any]:
    """What the fields of a form say of the venue now."""
    return {name: getattr(venue, name, None) for name in form.base_fields}


def _of(venue: Venue) -> str:
    return reverse("venue", args=[venue.pk])
