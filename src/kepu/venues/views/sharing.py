"""Alliances and shared passes: for everybody, for keepers and managers, and at the counter."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock, forming
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, authorize
from kepu.kernel.registers import one_page
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.ui import toasts
from kepu.venues import actions, queries, sharing
from kepu.venues.keeping_forms import AllianceForm, CodeForm, JoinForm, PassForm
from kepu.venues.models import Member, Venue
from kepu.venues.states import AT_WORK
from kepu.venues.views.registry import kept, person_of

form_page = partial(forming.form_page, template="venues/form.html")


def listed(request: HttpRequest) -> HttpResponse:
    """Alliances of venues, place by place."""
    rows, pager = one_page(request, sharing.alliances())
    officer = roles.holds(_somebody(request), Verb.VENUE_JUDGE, now=clock.now())
    context = {"rows": rows, "pager": pager, "founds": officer}
    return render(request, "venues/alliances.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Found an alliance."""
    by, now = person_of(request), clock.now()
    if not roles.holds(by, Verb.VENUE_JUDGE, now=now):
        authorize(_("only officers who decide about venues have this page"))

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.found_alliance(data.pop("place"), by=by, now=now, **data)
        toasts.say(request, _("Founded. Venues of the place can ask to join."))
        return redirect("alliance", made.pk)

    return form_page(
        request, AllianceForm(request.POST or None), act, title=_("Found an alliance"),
        back=reverse("alliances"), submit=_("Found the alliance"),
    )  # fmt: skip


def show(request: HttpRequest, alliance_id: int) -> HttpResponse:
    """One alliance: its members and passes; for its keeper also who asks to join."""
    person, now = _somebody(request), clock.now()
    found = sharing.alliance(alliance_id)
    keeps = sharing.why_not_keep_at(person, found.path, now) is None
    context = {
        "alliance": found,
        "members": sharing.members(found),
        "asking": sharing.asking(found) if keeps else (),
        "keeps": keeps,
        "passes": sharing.passes(found, now),
        "join": _join_form(person, found) if person else None,
        "now": now,
    }
    return render(request, "venues/alliance.html", context)


def _join_form(person: User, found: Any) -> JoinForm | None:
    """For a manager whose venue could ask to join."""
    now = clock.now()
    able = [
        one.pk for one in queries.kept_by(person, now).filter(state__in=AT_WORK)
        if sharing.why_not_join(found, one) is None
    ]  # fmt: skip
    return JoinForm(venues=Venue.objects.filter(pk__in=able)) if able else None


@login_required
@require_POST
def join(request: HttpRequest, alliance_id: int) -> HttpResponse:
    """A manager's venue asks to belong to the alliance."""
    by, now = person_of(request), clock.now()
    found = sharing.alliance(alliance_id)
    venue = queries.kept_by(by, now).filter(pk=_number(request.POST.get("venue", ""))).first()
    authorize(None if venue else _("only a venue manager of this unit may do this"))
    assert venue is not None  # noqa: S101 (or it would not have been authorized)
    actions.ask_to_join(found.pk, venue=venue, by=by, now=now)
    toasts.say(request, _("Asked. The keeper of the alliance answers."))
    return redirect("alliance", found.pk)


@login_required
@require_POST
def answer(request: HttpRequest, member_id: int, verb: str) -> HttpResponse:
    """Take a venue in, decline it, or let it go."""
    by, now = person_of(request), clock.now()
    found = Member.objects.filter(pk=member_id).first()
    if found is None or verb not in ("admit", "decline", "leave"):
        raise Outside(_("there is no such member of an alliance"))
    if verb == "leave":
        actions.leave(member_id, by=by, now=now)
    else:
        actions.answer_join(member_id, accept=verb == "admit", by=by, now=now)
    toasts.say(request, _("Done."))
    return redirect("alliance", found.alliance_id)


@login_required
def new_pass(request: HttpRequest, alliance_id: int) -> HttpResponse:
    """Share a pass among members."""
    by, now = person_of(request), clock.now()
    found = sharing.alliance(alliance_id)
    authorize(sharing.why_not_keep_at(by, found.path, now))

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.share_pass(found.pk, by=by, now=now, **data)
        toasts.say(request, _("Published. Residents find it on the pages of its venues."))
        return redirect("alliance", found.pk)

    inside = Venue.objects.filter(pk__in=sharing.members(found).values("venue"))
    form = PassForm(request.POST or None, venues=inside)
    return form_page(
        request, form, act, title=_("A shared pass"), back=reverse("alliance", args=[found.pk]),
        submit=_("Publish the pass"),
    )  # fmt: skip


@login_required
@require_POST
def take(request: HttpRequest, pass_id: int) -> HttpResponse:
    """Take a free pass; who has it is led to it."""
    found = sharing.shared_pass(pass_id)
    held = actions.take_pass(found.pk, by=person_of(request), now=clock.now())
    return redirect("pass", held.code)


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Passes that the reader took."""
    rows, pager = one_page(request, sharing.of_person(person_of(request)))
    context = {"rows": rows, "pager": pager, "now": clock.now()}
    return render(request, "venues/passes.html", context)


@login_required
def held(request: HttpRequest, code: str) -> HttpResponse:
    """A pass: for its holder the code to show, for a counter the button to stamp it. It names nobody."""
    person, now = person_of(request), clock.now()
    found = sharing.by_code(code)
    at = [(one, _why_not(found, one, now)) for one in sharing.counters(person, found, now)]
    mine = found.holder_id == person.pk
    if not (mine or at):
        raise Outside(_("there is no pass of this code; please read it once more"))
    context = {
        "held": found, "mine": mine, "counters": at, "now": now,
        "stamps": found.stamps.select_related("venue").order_by("-at"),
        "venues": found.shared.venues.select_related("venue"),
    }  # fmt: skip
    return render(request, "venues/pass.html", context)


def _why_not(found: Any, venue: Venue, now: Any) -> str | None:
    return queries.why_not_usable(venue.pk) or sharing.why_not_stamp(found, venue, now)


@login_required
def code_picture(request: HttpRequest, code: str) -> HttpResponse:
    """The code as a QR picture, for its holder; it holds the address of the pass."""
    found = sharing.by_code(code)
    if found.holder_id != person_of(request).pk:
        raise Http404
    picture = io.BytesIO()
    page = request.build_absolute_uri(reverse("pass", args=[found.code]))
    segno.make(page, error="m").save(picture, kind="svg", scale=8, border=2)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@login_required
def counter(request: HttpRequest, venue_id: int) -> HttpResponse:
    """The counter of a venue: type the code of a pass, and stamp it at once."""
    venue, by, now = kept(request, venue_id)

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.stamp(data["code"], venue_id=venue.pk, by=by, now=now)
        said = _("Stamped: %(title)s, use %(nth)s of %(most)s here.") % {
            "title": made.held.shared.title, "nth": made.nth, "most": made.most,
        }  # fmt: skip
        toasts.say(request, said)
        return redirect("venue-counter", venue.pk)

    why_not = queries.why_not_usable(venue.pk)
    return form_page(
        request, CodeForm(request.POST or None), act,
        title=_("Counter of %(venue)s") % {"venue": venue.name}, back=reverse("venue", args=[venue.pk]),
        submit=_("Stamp the pass"), why_not=why_not or "",
    )  # fmt: skip


@login_required
@require_POST
def stamp(request: HttpRequest, code: str, venue_id: int) -> HttpResponse:
    """Stamp a pass that the camera has read."""
    by, now = person_of(request), clock.now()
    queries.seen(venue_id, by, now)
    made = actions.stamp(code, venue_id=venue_id, by=by, now=now)
    told = {"nth": made.nth, "most": made.most}
    toasts.say(request, _("Stamped: use %(nth)s of %(most)s here.") % told)
    return redirect("pass", made.held.code)


def _somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
