"""A member's pages, made for the telephone: join, and one page for everything until the signature."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.appraisal import blind, queries, rules
from kepu.appraisal.actions import attending as actions
from kepu.appraisal.forms.meetings import AttendForm, JoinForm, MarkForm, PointsForm, SignForm
from kepu.appraisal.meeting_states import MeetingItemState, MeetingKind, MeetingState
from kepu.appraisal.models import MeetingItem, MeetingMember
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import meetings
from kepu.appraisal.queries import reviewing as reviews
from kepu.appraisal.views.agenda import MEETING_TONES, shown
from kepu.appraisal.views.meetings import watched
from kepu.appraisal.views.rim import form_page, number, person_of
from kepu.kernel import clock
from kepu.kernel.errors import BadInput
from kepu.kernel.forming import unkept
from kepu.ui import toasts


@login_required
def join(request: HttpRequest) -> HttpResponse:
    """Join a meeting by the code that is shown in the room; a QR code fills it in."""
    person, now = person_of(request), clock.now()

    def act(data: dict[str, Any]) -> HttpResponse:
        member = meetings.seat_by_code(data["code"], person)
        actions.join(member.pk, code=data["code"], by=person, now=now)
        return redirect("meeting-seat", member.meeting_id)

    form = JoinForm(request.POST or None, initial={"code": request.GET.get("code", "")[:12]})
    return form_page(
        request, form, act, title=_("Join the meeting"), submit=_("I am here"),
        back=reverse("appraisal-reviews"),
    )  # fmt: skip


@login_required
def seat(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """What a member does now: pledge, look, vote, sign."""
    member = meetings.seat(meeting_id, person_of(request))
    meeting = member.meeting
    if changed := watched(request, meetings.seat_stamp(member)):
        return changed
    programme, panel = meetings.panel_of(meeting.call)
    rows, invited = meetings.items(meeting), meetings.members(meeting)
    agenda = [shown(one, programme, panel, meetings.standing(one, invited, panel)) for one in rows]
    current = next((one for one in agenda if _in_hand(one["item"])), None)
    context = {
        "member": member, "meeting": meeting, "programme": programme, "panel": panel,
        "tones": MEETING_TONES, "now": clock.now(), "stamp": meetings.seat_stamp(member),
        "agenda": [one | {"aside": member.pk in one["standing"].recused} for one in agenda],
        "outside": member.joined_at is None or member.left_at is not None,
        "pledging": _pledge_form(member, rows, programme),
        "current": _current(current, member, programme) if current else None,
        "why_not_sign": rules.meetings.why_not_sign(member), "signing": SignForm(),
        "under_way": meeting.state == MeetingState.OPEN,
    }  # fmt: skip
    return render(request, "appraisal/meeting_seat.html", context)


def _in_hand(one: MeetingItem) -> bool:
    return one.state in (MeetingItemState.PRESENTING, MeetingItemState.VOTING)


def _pledge_form(
    member: MeetingMember, rows: list[MeetingItem], programme: Programme
) -> AttendForm | None:
    if member.pledged_at is not None:
        return None
    agenda = [
        (one.pk, f"{one.application.code} {meetings.name_of(one.application, programme)}".strip())
        for one in rows
        if one.state != MeetingItemState.DECIDED
    ]
    return AttendForm(agenda=agenda)


def _current(told: dict[str, Any], member: MeetingMember, programme: Programme) -> dict[str, Any]:
    """The application in hand as this member sees it; nothing of it for who stepped aside or left."""
    item: MeetingItem = told["item"]
    voted = meetings.has_voted(item, member)
    aside = member.pk in told["standing"].recused
    reads = rules.meetings.why_not_read(item, member) is None
    most = panelling.full_marks(programme, item.application.klass)
    form = MarkForm() if item.kind == MeetingKind.VOTE else PointsForm(most=most)
    mark = "for" if item.kind == MeetingKind.VOTE else "0"
    return {
        **told, "aside": aside, "voted": voted, "form": form,
        "dossier": _dossier(item, programme) if reads else None,
        "votes": rules.meetings.why_not_vote(item, member, mark, most=most, voted=voted) is None,
        "may_step_aside": not aside
        and rules.meetings.why_not_step_aside(item, member, voted=voted) is None,
    }  # fmt: skip


def _dossier(item: MeetingItem, programme: Programme) -> blind.Dossier:
    application = reviews.application_of_id(item.application_id)
    return blind.dossier(application, programme, queries.applications.answers(application))


@login_required
@require_POST
def pledge(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Pledge, and step aside where one is bound."""
    person = person_of(request)
    member = meetings.seat(meeting_id, person)
    aside = [number(one) for one in request.POST.getlist("aside")]
    actions.pledge(
        member.pk, confidential=bool(request.POST.get("confidential")), aside=aside, by=person,
        now=clock.now(),
    )  # fmt: skip
    return redirect("meeting-seat", meeting_id)


@login_required
@require_POST
def step_aside(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Take no part in the application in hand."""
    item = _before(request, meeting_id, item_id)
    actions.step_aside(item.pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("You stepped aside here."))
    return redirect("meeting-seat", meeting_id)


@unkept
@login_required
@require_POST
def vote(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Vote; pressed twice it counts once, and the second press is told so."""
    person = person_of(request)
    item = _before(request, meeting_id, item_id)
    member = meetings.seat(meeting_id, person)
    if not meetings.has_voted(item, member):
        actions.vote(item.pk, mark=request.POST.get("mark", ""), by=person, now=clock.now())
    toasts.say(request, _("Your vote is counted."))
    return redirect("meeting-seat", meeting_id)


@login_required
@require_POST
def sign(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Sign the opinion sheet."""
    person = person_of(request)
    member = meetings.seat(meeting_id, person)
    form = SignForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("an opinion has 4,000 letters at most"))
    actions.sign(member.pk, opinion=form.cleaned_data["opinion"], by=person, now=clock.now())
    toasts.say(request, _("Signed. Thank you."))
    return redirect("meeting-seat", meeting_id)


def _before(request: HttpRequest, meeting_id: int, item_id: int) -> MeetingItem:
    member = meetings.seat(meeting_id, person_of(request))
    return meetings.item(item_id, member.meeting)
