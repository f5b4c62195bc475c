"""What somebody who leaves holds in this room: posts move, approvals go with the role, teams stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.holdings import Goes, Work
from kepu.kernel.roles.queries import Reach
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Call, Membership, Nomination, Objection, Post, Team, Volunteer
from kepu.people.queries import absences, hours
from kepu.people.rules import places as rules
from kepu.people.states import (
    CallState,
    MemberRole,
    MembershipState,
    NominationState,
    ObjectionState,
    TeamState,
    VolunteerState,
)


def work(person: User, now: datetime) -> list[Work]:
    """Posts, teams led, and what waits for the person's word."""
    approve = roles.reach(person, Verb.TEAM_APPROVE, now)
    welcome = roles.reach(person, Verb.VOLUNTEER_APPROVE, now)
    runs = roles.reach(person, Verb.CAMPAIGN_RUN, now)
    campaigns = runs.limit()
    open_states = (NominationState.NOMINATED, NominationState.NOTICE)
    led = Membership.objects.filter(
        person=person, role=MemberRole.LEADER, state=MembershipState.ACTIVE
    )
    return [
        Work(_("posts at townships"), _posts(person, now).count(), Goes.BY_THIS_STEP),
        Work(_("teams that ask to be approved"), _asking(approve.limit()).count()),
        Work(_("volunteers that ask to be approved"), _signed_up(welcome.limit()).count()),
        Work(_("hours to certify"), hours.to_certify(person, now).count()),
        Work(_("hours objected to"), hours.to_amend(person, now).count()),
        Work(_("absences objected to"), absences.to_answer(person, now).count()),
        Work(
            _("nominations to decide on"),
            Nomination.objects.filter(campaigns, state__in=open_states).count(),
        ),
        Work(_("objections to nominations"), _objections(person, runs).count()),
        Work(_("open calls"), Call.objects.filter(campaigns, state=CallState.OPEN).count()),
        Work(_("teams led; the team chooses who leads it"), led.count(), Goes.NOT),
    ]


def move(giver: User, taker: User, *, by: User, now: datetime) -> int:
    """End the giver's posts today and begin them for the taker, for the rest of each term.

    Raises NotAllowed if one of them is held where `by` may not grant roles.
    """
    posts = list(_posts(giver, now).select_for_update(of=("self",)).order_by("pk"))
    authorize(rules.why_not_pass_on(by, [post.path for post in posts], now))
    for post in posts:
        _pass_on(post, taker, by, now)
    return len(posts)


def _pass_on(post: Post, taker: User, by: User, now: datetime) -> None:
    """A taker who holds the post keeps it; one who only stood in for it becomes its holder."""
    today = clock.day(now)
    _end(post, today)
    own = _open(taker, post)
    if own is not None and own.last >= today and (post.deputy or not own.deputy):
        return
    if own is not None:
        _end(own, today)
    made = Post(
        kind_id=post.kind_id,
        person=taker,
        organisation_id=post.organisation_id,
        deputy=post.deputy,
        first=max(today, post.first),
        last=post.last,
        appointed_by=by,
        appointed_at=now,
    )
    made.place(post.division_now)
    made.save()
    audit.record(by, "post.appoint", made, now=now, for_whom=taker)


def _end(post: Post, today: date) -> None:
    post.ended_on = min(max(today, post.first), post.last + timedelta(days=1))
    post.save(update_fields=["ended_on"])


def _open(person: User, like: Post) -> Post | None:
    """The person's row for the same post that nobody ended, even if its term has run out."""
    rows = Post.objects.select_for_update(of=("self",)).filter(
        person=person, kind=like.kind_id, division_now=like.division_now_id, ended_on__isnull=True
    )
    return rows.first()


def ground(person: User, now: datetime) -> set[str]:
    """Where the person is a volunteer, in a team or at a post: who manages the account reaches these."""
    open_slots = Membership.objects.filter(person=person, state=MembershipState.ACTIVE)
    teams = open_slots.values_list("team__path", flat=True)
    volunteers = Volunteer.objects.filter(person=person, state=VolunteerState.ACTIVE)
    held = _posts(person, now).values_list("path", flat=True)
    return {*teams, *volunteers.values_list("path", flat=True), *held}


def _posts(person: User, now: datetime) -> QuerySet[Post]:
    return Post.objects.filter(person=person, ended_on__isnull=True, last__gte=clock.day(now))


def _signed_up(within: Q) -> QuerySet[Volunteer]:
    return Volunteer.objects.filter(within, state=VolunteerState.APPLIED)


def _objections(person: User, runs: Reach) -> QuerySet[Objection]:
    found = Objection.objects.filter(runs.limit("nomination__path"), state=ObjectionState.OPEN)
    return found.exclude(person=person)


def _asking(within: Q) -> QuerySet[Team]:
    return Team.objects.filter(within, state=TeamState.APPLIED)
