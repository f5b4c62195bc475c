"""Changes of confirmed facts, the year's figures, photographs and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kepu.kernel import bodies, clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import NotAllowed, Outside, Refusal, require
from kepu.kernel.files import shown
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import formats, toasts
from kepu.venues import actions, albums, queries, rules, years
from kepu.venues.forms import VenueForm
from kepu.venues.keeping_forms import ChangeForm, FileForm, ProposalForm, YearForm
from kepu.venues.models import Proposal, Venue, VenueFile
from kepu.venues.states import STANDING, FileKind
from kepu.venues.views.registry import kept, person_of, start_of

SIDES = {"small": 480, "large": 1600}
form_page = partial(forming.form_page, template="venues/form.html")


# --- changes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One fact that changes: what it is called, what stood there, and what is to stand there."""

    label: str
    old: str
    new: str


@login_required
def propose(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Ask the officers to change confirmed facts."""
    venue, by, now = kept(request, venue_id)
    require(rules.why_not_propose(venue, venue.version, {"any": 1}))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version") or 0
        actions.propose(venue.pk, seen=seen, by=by, now=now, **data)
        toasts.say(
            request, _("Proposed. Officers of the place look at it; till then the register stays.")
        )
        return redirect("venue", venue.pk)

    form = ProposalForm(request.POST or None, venue=venue, initial=start_of(venue, ProposalForm))
    return form_page(
        request, form, act, title=_("Change what was confirmed"), back=_of(venue),
        submit=_("Propose the change"),
    )  # fmt: skip


@login_required
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """A change side by side with what stands there; officers accept it or return it."""
    person, now = person_of(request), clock.now()
    found = queries.change_seen(change_id, person, now)
    form = ChangeForm(request.POST or None, initial={"version": found.venue.version})
    waits = rules.why_not_still_waiting(found) is None
    judges = rules.why_not_decide_change(person, found, now)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _decided(request, found, form.cleaned_data, now)
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
                status = refusal.status
    context = {
        "change": found, "lines": lines(found), "now": now, "form": form, "waits": waits,
        "judges": waits and judges is None, "why_not": judges,
        "keeps": rules.why_not_keep(person, found.venue.organisation, now) is None,
    }  # fmt: skip
    return render(request, "venues/change.html", context, status=status)


def _decided(
    request: HttpRequest, found: Proposal, data: dict[str, Any], now: datetime
) -> HttpResponse:
    accept = request.POST.get("do") == "accept"
    actions.decide_change(
        found.pk, accept=accept, seen=data["version"] or 0, reason=data["reason"],
        by=person_of(request), now=now,
    )  # fmt: skip
    said = (
        _("Accepted. The register shows it now.") if accept else _("Returned. The register stays.")
    )
    toasts.say(request, said)
    return redirect("venue", found.venue_id)


@login_required
@require_POST
def take_back(request: HttpRequest, change_id: int) -> HttpResponse:
    """The managers take back what nobody decided about."""
    person, now = person_of(request), clock.now()
    found = queries.change_seen(change_id, person, now)
    actions.take_back(found.pk, by=person, now=now)
    toasts.say(request, _("Taken back. The register stays."))
    return redirect("venue", found.venue_id)


def lines(change: Proposal) -> list[Line]:
    """Old and new of each fact in words; of what was decided, the old as it stood then."""
    old_facts = change.before or {key: getattr(change.venue, key) for key in change.facts}
    old, new = actions.read_facts(old_facts), actions.read_facts(change.facts)
    labels = VenueForm.base_fields
    return [Line(str(labels[key].label), _said(key, old[key]), _said(key, new[key])) for key in new]


def _said(key: str, value: Any) -> str:
    if value in (None, ""):
        return _("not told yet")
    choices = dict(Venue._meta.get_field(key).flatchoices)  # type: ignore[union-attr]
    if choices:
        return str(choices.get(value, value))
    return value.isoformat() if isinstance(value, date) else str(value)


# --- the year -------------------------------------------------------------------------------------


@login_required
def year(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Tell the figures of last year; the visits stand there already."""
    venue, by, now = kept(request, venue_id)
    wanted = years.asked(now)
    require(rules.why_not_tell_year(venue, wanted.year, now))
    visits, days = years.visits_of(venue, wanted.year)

    def act(data: dict[str, Any]) -> HttpResponse:
        data.pop("still_true")
        actions.tell_year(venue.pk, year=wanted.year, by=by, now=now, **data)
        toasts.say(request, _("Handed in. Thank you."))
        return redirect("venue", venue.pk)

    told = venue.years.filter(year=wanted.year).first()
    start = {name: getattr(told or venue, name, None) for name in YearForm.base_fields}
    lead = _("%(visits)s visits were counted on %(days)s days, as told day by day. Due by %(due)s.") % {
        "visits": formats.count(visits), "days": days, "due": formats.day(wanted.due, now),
    }  # fmt: skip
    return form_page(
        request, YearForm(request.POST or None, initial=start), act,
        title=_("Figures of %(year)s: %(venue)s") % {"year": wanted.year, "venue": venue.name},
        back=_of(venue), submit=_("Hand in the year"), lead=lead,
    )  # fmt: skip


@login_required
def year_board(request: HttpRequest) -> HttpResponse:
    """Which venues of the officer's places owe the year, and what the others told."""
    person, now = person_of(request), clock.now()
    if not roles.holds(person, Verb.VENUE_JUDGE, now=now):
        raise NotAllowed(_("only officers who decide about venues have this page"))
    wanted = years.asked(now)
    owing = years.owing_in_reach(person, wanted.year, now).order_by("path", "sort_key", "pk")
    rows, pager = one_page(request, years.told_in_reach(person, wanted.year, now))
    context = {"wanted": wanted, "owing": owing, "rows": rows, "pager": pager, "now": now}
    return render(request, "venues/years.html", context)


# --- photographs and documents ----------------------------------------------------------------------


@login_required
@bodies.takes(albums.LARGEST + bodies.MEGABYTE)
def album(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Add a photograph or a document, and take one away."""
    venue, by, now = kept(request, venue_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        sent = data.pop("file")
        actions.add_file(venue.pk, name=sent.name or "", content=sent, by=by, now=now, **data)
        toasts.say(request, _("Added."))
        return redirect("venue-album", venue.pk)

    form = FileForm(request.POST or None, request.FILES or None)
    return forming.form_page(
        request, form, act, "venues/album.html", venue=venue, now=now,
        photos=albums.of(venue, FileKind.PHOTO), papers=albums.of(venue, FileKind.DOCUMENT),
        stands=venue.state in STANDING,
    )  # fmt: skip


@login_required
@require_POST
def remove(request: HttpRequest, venue_id: int, file_id: int) -> HttpResponse:
    """Take a photograph or a document away."""
    person, now = person_of(request), clock.now()
    found = _file(venue_id, file_id, person, now)
    actions.take_file_away(found.pk, by=person, now=now)
    toasts.say(request, _("Removed."))
    keeps = rules.why_not_keep(person, found.venue.organisation, now) is None
    return redirect("venue-album" if keeps else "venue", venue_id)


@require_safe
def picture(request: HttpRequest, venue_id: int, file_id: int, size: str) -> HttpResponse:
    """A photograph as a JPEG of the asked size, for whoever sees the venue."""
    person = request.user if isinstance(request.user, User) else None
    found = _file(venue_id, file_id, person, clock.now())
    if size not in SIDES or found.kind != FileKind.PHOTO:
        raise Http404
    mark = f'"{found.file.sha256[:32]}-{SIDES[size]}"'
    if request.headers.get("If-None-Match") == mark:
        return _marked(HttpResponseNotModified(), mark)
    try:
        drawn = shown.small(found.file.sha256, SIDES[size])
    except FileNotFoundError:
        raise Http404 from None
    return _marked(HttpResponse(drawn, content_type="image/jpeg"), mark)


def _marked(answer: HttpResponse, mark: str) -> HttpResponse:
    """Asked anew each time: a picture that was taken away is not shown by any cache."""
    answer["ETag"], answer["Cache-Control"] = mark, "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _file(venue_id: int, file_id: int, person: User | None, now: datetime) -> VenueFile:
    rows = VenueFile.objects.select_related("venue__organisation", "file")
    found = rows.filter(pk=file_id, venue=venue_id, file__state="kept").first()
    if found is None or albums.why_not_read(person, found.venue, found.kind, now):
        raise Outside(_("there is no such file"))
    return found


def _of(venue: Venue) -> str:
    return reverse("venue", args=[venue.pk])
