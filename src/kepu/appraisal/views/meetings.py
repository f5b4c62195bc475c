"""The secretary's pages of a meeting: plan, lead, project, and its papers."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kepu.appraisal import papers, queries, rules
from kepu.appraisal.actions import meetings as actions
from kepu.appraisal.forms.meetings import InviteForm, MeetingForm, MoveForm
from kepu.appraisal.meeting_states import MeetingItemState
from kepu.appraisal.models import Application, Call, Meeting, MeetingItem
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.queries import meetings
from kepu.appraisal.views.agenda import MEETING_TONES, shown, told
from kepu.appraisal.views.rim import form_page, number, person_of
from kepu.kernel import clock
from kepu.kernel.errors import authorize, require
from kepu.people.queries import experts
from kepu.ui import toasts

DEEDS: dict[str, Callable[..., Meeting]] = {
    "draw": actions.draw,
    "open": actions.open_meeting,
    "close": actions.close,
    "renew-code": actions.renew_code,
}
ITEM_DEEDS: dict[str, Callable[..., Any]] = {
    "call-up": actions.call_up,
    "let-vote": actions.let_vote,
    "count": actions.count,
    "put-off": actions.put_off,
    "take-off": actions.take_off,
}


# --- plan -----------------------------------------------------------------------------------------


@login_required
def new(request: HttpRequest, call_id: int) -> HttpResponse:
    """Plan a meeting of the panel."""
    person, now = person_of(request), clock.now()
    call = queries.calls.seen(call_id, person, now)
    authorize(rules.calls.why_not_keep(person, call, now))
    programme = queries.calls.programme(call)
    require(rules.meetings.why_not_begin_plan(call, programme))
    klass = request.GET.get("class", "")
    if rules.meetings.why_not_be_of(klass, programme):
        raise Http404
    waiting = [(one.pk, _name(one, programme)) for one in meetings.waiting(call, klass)]

    def act(data: dict[str, Any]) -> HttpResponse:
        made = actions.plan(call.pk, klass=klass, by=person, now=now, **data)
        toasts.say(request, _("Planned; the members were told. Draw the order when you like."))
        return redirect("meeting", made.pk)

    form = MeetingForm(
        request.POST or None, able=_able(call, klass), waiting=waiting,
        initial={"applications": [pk for pk, _name in waiting]},
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Plan a meeting of the panel"), submit=_("Plan and invite"),
        back=reverse("appraisal-call", args=[call.pk]), template="appraisal/meeting_plan.html",
        panels=_panels(call, programme), chosen=meetings.class_of(klass, programme),
    )  # fmt: skip


def _panels(call: Call, programme: Programme) -> list[tuple[str, str, int]]:
    """Key and name of each class of which something waits, and how much; none where there is one class."""
    waiting = Counter(one.klass for one in meetings.waiting(call))
    found = [(one.key, str(one), waiting[one.key]) for one in programme.classes]
    return [one for one in found if one[2]] if len(found) > 1 else []


@login_required
def invite(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Invite more members."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    authorize(rules.calls.why_not_keep(person, meeting.call, now))
    require(rules.meetings.why_not_lead(meeting))
    seated = {one.expert_id for one in meetings.members(meeting)}

    def act(data: dict[str, Any]) -> HttpResponse:
        actions.invite(meeting.pk, experts=data["experts"], by=person, now=now)
        toasts.say(request, _("Invited; they were told."))
        return redirect("meeting", meeting.pk)

    able = [pair for pair in _able(meeting.call, meeting.klass) if pair[0] not in seated]
    return form_page(
        request, InviteForm(request.POST or None, able=able), act, title=_("Invite members"),
        back=reverse("meeting", args=[meeting.pk]), submit=_("Invite"),
    )  # fmt: skip


@login_required
def move(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Hold a planned meeting at another time or place."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    authorize(rules.calls.why_not_keep(person, meeting.call, now))
    require(rules.meetings.why_not_be_moved(meeting))

    def act(data: dict[str, Any]) -> HttpResponse:
        seen = data.pop("version")
        actions.move(meeting.pk, seen=seen, by=person, now=now, **data)
        toasts.say(request, _("Moved; the members were told."))
        return redirect("meeting", meeting.pk)

    form = MoveForm(
        request.POST or None,
        initial={
            "place": meeting.place, "starts_at": meeting.starts_at, "version": meeting.version
        },
    )  # fmt: skip
    return form_page(
        request, form, act, title=_("Move %(title)s") % {"title": meeting.title},
        submit=_("Move and tell the members"), back=reverse("meeting", args=[meeting.pk]),
    )  # fmt: skip


def _able(call: Call, klass: str) -> list[tuple[int, str]]:
    found = actions.able_experts(call, clock.now(), klass)
    return list(experts.named([one.id for one in found]).items())


def _name(one: Application, programme: Programme) -> str:
    """For the secretary, who knows who applies: the code, and the name where the room may hear it."""
    return " ".join(part for part in (one.code, meetings.name_of(one, programme)) if part)


# --- lead -----------------------------------------------------------------------------------------


@login_required
def show(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Lead a meeting: who is here, what is in hand, what comes next."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    if changed := watched(request, meetings.stamp(meeting)):
        return changed
    programme, panel = meetings.panel_of(meeting.call)
    invited, rows = meetings.members(meeting), meetings.items(meeting)
    context = {
        "meeting": meeting,
        "programme": programme,
        "of_class": meetings.class_of(meeting.klass, programme),
        "panel": panel,
        "leads": rules.calls.why_not_keep(person, meeting.call, now) is None,
        "tones": MEETING_TONES,
        "now": now,
        "members": invited,
        "stamp": meetings.stamp(meeting),
        "rows": [_row(one, invited, programme, panel) for one in rows],
        "same": _again(meeting) if "again" in request.GET and meeting.record else None,
        "why_not_draw": rules.meetings.why_not_draw(meeting),
        "why_not_open": rules.meetings.why_not_open(meeting),
        "why_not_close": rules.meetings.why_not_close(meeting),
        "movable": rules.meetings.why_not_be_moved(meeting) is None,
        "why_not_cancel": rules.meetings.why_not_cancel(meeting),
        "over": rules.meetings.why_not_lead(meeting),
    }
    return render(request, "appraisal/meeting.html", context)


def _row(one: MeetingItem, invited: Any, programme: Programme, panel: Panel) -> dict[str, Any]:
    """One application as the secretary handles it, with the reason beside what cannot be done."""
    standing = meetings.standing(one, invited, panel)
    missing = meetings.missing(one, invited)
    return {
        **shown(one, programme, panel, standing),
        "missing": [each.expert.person.name for each in missing],
        "aside": [each.expert.person.name for each in invited if each.pk in standing.recused],
        "why_not_call_up": rules.meetings.why_not_call_up(one),
        "why_not_let_vote": rules.meetings.why_not_let_vote(one, standing, panel),
        "why_not_count": rules.meetings.why_not_count(one, standing, len(missing), panel),
        "why_not_take_off": rules.meetings.why_not_take_off(one),
    }


def _again(meeting: Meeting) -> bool:
    """Whether the kept record is whole and gives the kept results once more."""
    kept = [one["carried"] for one in meeting.record["items"]]
    whole = queries.judging.digest(meeting.record) == meeting.digest
    return whole and panelling.replayed(meeting.record) == kept


def watched(request: HttpRequest, stamp: str) -> HttpResponse | None:
    """For a page that looks again every few seconds: nothing new, or load it anew."""
    if not request.headers.get("HX-Request"):
        return None
    if request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


@login_required
@require_POST
def act(request: HttpRequest, meeting_id: int, verb: str) -> HttpResponse:
    """Draw the order, begin, close, or show another code."""
    if verb not in DEEDS:
        raise Http404
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    DEEDS[verb](meeting.pk, by=person, now=now)
    return redirect("meeting", meeting.pk)


@login_required
def cancel(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Ask before the meeting is called off."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    authorize(rules.calls.why_not_keep(person, meeting.call, now))
    require(rules.meetings.why_not_cancel(meeting))
    if request.method == "POST":
        actions.cancel(meeting.pk, by=person, now=now)
        toasts.say(request, _("Called off; the members were told."))
        return redirect("appraisal-call", meeting.call_id)
    context = {
        "title": _("Call the meeting off"), "verb": _("Call it off"), "fields": {},
        "text": _("%(title)s will not take place, and its members are told.")
        % {"title": meeting.title},
        "back": reverse("meeting", args=[meeting.pk]),
    }  # fmt: skip
    return render(request, "appraisal/confirm.html", context)


@login_required
@require_POST
def act_on(request: HttpRequest, meeting_id: int, item_id: int, verb: str) -> HttpResponse:
    """Take one application of the agenda a step on."""
    if verb not in ITEM_DEEDS:
        raise Http404
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    item = meetings.item(item_id, meeting)
    ITEM_DEEDS[verb](item.pk, by=person, now=now)
    return redirect("meeting", meeting.pk)


@login_required
@require_POST
def mark_gone(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Write down that a member went away."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    member = meeting.members.filter(pk=number(request.POST.get("member"))).first()
    if member is None:
        raise Http404
    actions.mark_gone(member.pk, by=person, now=now)
    return redirect("meeting", meeting.pk)


# --- for the room ---------------------------------------------------------------------------------


@login_required
def projection(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """For the screen in the room: how to join, who many are here, what is in hand, what it came to."""
    person, now = person_of(request), clock.now()
    meeting = meetings.kept(meeting_id, person, now)
    if changed := watched(request, meetings.stamp(meeting)):
        return changed
    programme, panel = meetings.panel_of(meeting.call)
    invited, rows = meetings.members(meeting), meetings.items(meeting)
    agenda = [shown(one, programme, panel, meetings.standing(one, invited, panel)) for one in rows]
    in_hand = (MeetingItemState.PRESENTING, MeetingItemState.VOTING)
    context = {
        "meeting": meeting,
        "panel": panel,
        "now": now,
        "stamp": meetings.stamp(meeting),
        "here": sum(one.here for one in invited),
        "invited": len(invited),
        "agenda": agenda,
        "current": next((one for one in agenda if one["item"].state in in_hand), None),
        "last": told(rows, programme, panel, invited),
    }
    return render(request, "appraisal/meeting_projection.html", context)


@login_required
@require_safe
def code_picture(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The code as a QR picture for the screen: it leads a telephone to the page to join."""
    meeting = meetings.kept(meeting_id, person_of(request), clock.now())
    page = reverse("meeting-join", query={"code": meeting.code})
    picture = io.BytesIO()
    segno.make(request.build_absolute_uri(page), error="m").save(
        picture, kind="svg", scale=8, border=2
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


# --- papers ---------------------------------------------------------------------------------------


@login_required
@require_safe
def paper(request: HttpRequest, meeting_id: int, what: str, form: str) -> HttpResponse:
    """Minutes or opinion sheets, as PDF or DOCX: for office and members, when the meeting is closed."""
    person, now = person_of(request), clock.now()
    if what not in papers.WHAT or form not in papers.FORMS:
        raise Http404
    meeting = meetings.of_papers(meeting_id, person, now)
    require(rules.meetings.why_not_read_papers(meeting))
    content, media_type = papers.drawn(meeting, what, form)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{what}-{meeting.pk}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response
