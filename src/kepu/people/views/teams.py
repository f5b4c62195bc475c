"""Pages of teams: the list, one team, raising and keeping it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.errors import Outside, Refusal
from kepu.kernel.registers import one_page, read
from kepu.people.actions import teams as actions
from kepu.people.forms import TeamChangeForm, TeamForm, TeamUnitForm
from kepu.people.models import Membership, Team
from kepu.people.newcomers import NewTeam
from kepu.people.queries import teams as queries
from kepu.people.queries.certificates import masked
from kepu.people.queries.hours import minutes_of_team
from kepu.people.registers import TEAMS
from kepu.people.rules import teams as rules
from kepu.people.rules.oneself import why_not_as_child
from kepu.people.states import TEAM, Tier
from kepu.people.views.shapes import child_named, children_of, home_of, person_of, somebody
from kepu.ui import cards, formats, toasts


def listed(request: HttpRequest) -> HttpResponse:
    """Approved teams, narrowed by name, district and topic."""
    form, _asked, found, bar = read(request, TEAMS)
    reader = somebody(request)
    rows, pager = one_page(request, found)
    context = {
        "form": form,
        "bar": bar,
        "cards": [_card(team) for team in rows],
        "pager": pager,
        "mine": queries.memberships(reader) if reader else [],
    }
    return render(request, "people/teams.html", context)


def show(request: HttpRequest, team_id: int) -> HttpResponse:
    """One team: what it does, who is in it, and what this reader may do with it."""
    team, now = queries.team(team_id), clock.now()
    person = request.user if isinstance(request.user, User) else None
    inside = queries.belongs(person, team)
    leads = queries.leads(person, team)
    rules_it = person is not None and rules.why_not_rule_on(person, team, now) is None
    if not (team.active or inside or rules_it):
        raise Outside(_("there is no such team"))
    context = {
        "team": team,
        "topics": team.skills.all(),
        "hours": formats.hours(minutes_of_team(team)),
        "members": _members(team, in_full=inside or rules_it),
        "asking": queries.asking(team) if leads else [],
        "leads": leads,
        "inside": inside,
        "verbs": TEAM.verbs(team.state) if rules_it else [],
        "tiers": _tiers(team, now) if rules_it else [],
        "why_not_join": _why_not_join(person, team, now) if person and not inside else None,
        "children": _children(person, team, now),
        "person": person,
        "now": now,
    }
    return render(request, "people/team.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Raise a team."""
    form = TeamForm(request.POST or None, initial={"home": home_of(person_of(request))})
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.apply_for_team(
                NewTeam(leader=None, **form.cleaned_data), by=person_of(request), now=clock.now()
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return _form(request, form, _("Raise a team"), refusal.status)
        toasts.say(request, _("Your application is with the officers of the place."))
        return redirect("team", team.pk)
    return _form(request, form, _("Raise a team"), 422 if form.errors else 200)


@login_required
def edit(request: HttpRequest, team_id: int) -> HttpResponse:
    """A leader says anew what the team can do."""
    team, by = queries.team(team_id), person_of(request)
    if rules.why_not_lead(by, team, clock.now()):
        raise Outside(_("there is no such team"))
    start = {
        "about": team.about,
        "skills": team.skills.all(),
        "day_capacity": team.day_capacity,
        "week_capacity": team.week_capacity,
    }
    served = team.areas.values_list("path", flat=True)
    form = TeamChangeForm(request.POST or None, initial=start, home=team.path, served=served)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_team(team.pk, by=by, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return _form(request, form, team.name, refusal.status)
        toasts.say(request, _("Kept."))
        return redirect("team", team.pk)
    return _form(request, form, team.name, 422 if form.errors else 200)


@login_required
@require_POST
def change_tier(request: HttpRequest, team_id: int) -> HttpResponse:
    """An officer says anew of which tier the team is."""
    tier = request.POST.get("tier", "")
    if tier not in Tier.values:
        raise Outside(_("there is no such tier"))
    queries.team(team_id)
    actions.change_tier(team_id, tier=tier, by=person_of(request), now=clock.now())
    toasts.say(request, _("Kept."))
    return redirect("team", team_id)


@login_required
@require_POST
def change_unit(request: HttpRequest, team_id: int) -> HttpResponse:
    """An officer says anew to which unit the team belongs."""
    queries.team(team_id)
    form = TeamUnitForm(request.POST)
    if form.is_valid():
        actions.change_unit(team_id, **form.cleaned_data, by=person_of(request), now=clock.now())
        toasts.say(request, _("Kept."))
    else:
        messages.error(request, str(form.errors["organisation"][0]))
    return redirect("team", team_id)


def _why_not_join(person: User, team: Team, now: datetime) -> str | None:
    return why_not_as_child(person, now) or rules.why_not_ask(person, team, now)


def _children(
    person: User | None, team: Team, now: datetime
) -> list[tuple[User, Membership | None, str | None]]:
    """Children in the reader's care: whether each is in the team, or why the team cannot be asked."""
    found = []
    for child in children_of(person, now):
        belongs = queries.memberships(child).filter(team=team).first()
        found.append((child, belongs, None if belongs else rules.why_not_ask(child, team, now)))
    return found


def _tiers(team: Team, now: datetime) -> list[Tier]:
    """The tiers that the team may be of instead."""
    return [one for one in Tier if rules.why_not_change_tier(team, one, now) is None]


OWN: dict[str, Callable[..., Any]] = {"join": actions.ask_to_join, "leave": actions.leave_team}
WITH_REASON: dict[str, Callable[..., Any]] = {
    "restore": actions.restore_team,
    "refuse": actions.refuse_team,
    "suspend": actions.suspend_team,
    "dissolve": actions.dissolve_team,
}


@login_required
@require_POST
def act(request: HttpRequest, team_id: int, verb: str) -> HttpResponse:
    """Join, leave, or decide about a team."""
    queries.team(team_id)
    by, now = person_of(request), clock.now()
    if verb in WITH_REASON:
        reason = request.POST.get("reason", "")[:200]
        WITH_REASON[verb](team_id, reason=reason, by=by, now=now)
    elif verb in OWN:
        _speak(verb, team_id, child_named(request.POST.get("ward", ""), by, now), by=by, now=now)
    elif verb == "approve":
        actions.approve_team(team_id, by=by, now=now)
    else:
        raise Outside(_("there is no such page"))
    toasts.say(request, _("Done."))
    return redirect("teams" if verb in ("leave", "dissolve") else "team", *_at(verb, team_id))


def _speak(verb: str, team_id: int, child: User | None, *, by: User, now: datetime) -> None:
    """Join or leave, for oneself or for a child in one's care."""
    if verb == "leave" and not queries.memberships(child or by).filter(team=team_id).exists():
        raise Outside(_("you are not in this team"))
    OWN[verb](team_id, by=by, now=now, for_whom=child)


def _at(verb: str, team_id: int) -> list[int]:
    return [] if verb in ("leave", "dissolve") else [team_id]


MEMBERS: dict[str, Callable[..., Any]] = {
    "admit": actions.admit,
    "decline": actions.decline,
    "remove": actions.remove_member,
}


@login_required
@require_POST
def act_on_member(request: HttpRequest, membership_id: int, verb: str) -> HttpResponse:
    """Admit, decline, remove a member, or hand the team over."""
    by, now = person_of(request), clock.now()
    membership = _led(membership_id, by, now)
    if verb in MEMBERS:
        MEMBERS[verb](membership.pk, by=by, now=now)
    elif verb in ("hand-over", "share"):
        stay = verb == "share"
        actions.hand_over(membership.team_id, to=membership.pk, by=by, now=now, stay=stay)
    else:
        raise Outside(_("there is no such page"))
    toasts.say(request, _("Done."))
    return redirect("team", membership.team_id)


def _led(membership_id: int, by: User, now: datetime) -> Membership:
    """A membership of a team that the person leads; others do not exist for them."""
    found = Membership.objects.select_related("team").filter(pk=membership_id).first()
    if found is None or rules.why_not_lead(by, found.team, now):
        raise Outside(_("there is no such member"))
    return found


def _members(team: Team, *, in_full: bool) -> list[dict[str, Any]]:
    """Names in full among members and officers, family names for everybody else."""
    return [
        {
            "membership": one,
            "name": one.person.name if in_full else masked(one.person.name),
        }
        for one in queries.members(team)[:500]
    ]


def _card(team: Any) -> cards.Team:
    return cards.Team(
        name=team.name,
        kind=team.get_tier_display(),
        place=team.division_now.name,
        href=reverse("team", args=[team.pk]),
        members=team.member_count,
    )


def _form(request: HttpRequest, form: Any, title: str, status: int) -> HttpResponse:
    context = {"form": form, "title": title, "submit": _("Send"), "back": reverse("teams")}
    return render(request, "people/form.html", context, status=status)
