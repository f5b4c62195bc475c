"""Why not? One sentence for the page, the API and the action alike.

Rules about the person come first (`why_not_dispatch_as`), rules about the order after them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel import clock
from kepu.kernel.accounts import masks
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import contracts, planned, queries, reaching, visits, whereabouts
from kepu.orders.models import CheckIn, DeviceEvent, Offer, Order, Service, Waiting
from kepu.orders.models.plan import AutoPlan
from kepu.orders.schemas import CLAIMS, CLOCKS
from kepu.orders.states import (
    AT_THE_DESK,
    ORDER,
    PLAN,
    SERVED_BY_DEPARTMENT,
    SERVED_BY_TEAM,
    SERVICE,
    UNDER_WAY,
    MenuState,
    OrderState,
)
from kepu.people import queries as people

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Team

LONGEST_AHEAD = timedelta(days=366)


# --- the person ---------------------------------------------------------------------------------


def why_not_place_for(person: User, resident: User, path: str, now: datetime) -> str | None:
    """One places orders for oneself; for others only a worker of that place does."""
    if person.pk == resident.pk or person.pk == resident.guardian_id:
        return None
    if roles.holds(person, Verb.ORDER_PLACE_FOR, path=path, now=now):
        return None
    return _("only a community worker of this place may place an order for somebody else")


def why_not_dispatch_as(person: User, order: Order, now: datetime) -> str | None:
    """A worker of the place, or of a level above it; of an order that went up a level, whoever supervises
    there too.
    """
    verbs = (Verb.ORDER_DISPATCH, *((Verb.ORDER_SUPERVISE,) if order.escalations else ()))
    if any(roles.holds(person, verb, path=order.path, now=now) for verb in verbs):
        return None
    return _("only a community worker of this place may do this")


def why_not_cancel_as(person: User, order: Order, now: datetime) -> str | None:
    """A dispatcher or a supervising officer of the place cancels."""
    verbs = (Verb.ORDER_DISPATCH, Verb.ORDER_SUPERVISE)
    if any(roles.holds(person, verb, path=order.path, now=now) for verb in verbs):
        return None
    return _("only a community worker or an officer of this place may do this")


def why_not_act_for_department(person: User, order: Order, now: datetime) -> str | None:
    """Only an officer of the department the order was sent to."""
    department = order.department_id
    if department and roles.holds(person, Verb.ORDER_ACCEPT, organisation_id=department, now=now):
        return None
    return _("only an officer of the department in charge may do this")


def why_not_act_for_team(person: User, team: Team | None, now: datetime) -> str | None:
    """Only a leader acts in a team's name; what a suspended team has promised stays promised."""
    if team is None:
        return _("no team has this order")
    if not people.leads(person, team, now):
        return _("only a leader of the team may do this")
    return None


def why_not_take_on(person: User, team: Team, now: datetime) -> str | None:
    """Only a leader of an active team takes new work in its name."""
    if not team.active:
        return _("this team is suspended")
    return why_not_act_for_team(person, team, now)


def why_not_serve(person: User, order: Order) -> str | None:
    """Only members of the team that has the order check in."""
    if order.team and people.belongs(person, order.team):
        return None
    return _("only a member of the team that has this order may do this")


def why_not_speak_for_resident(person: User, order: Order, now: datetime) -> str | None:
    """The resident speaks, or a guardian; a worker of the place does for who ordered by telephone."""
    blocked = why_not_place_for(person, order.resident, order.path, now)
    own = (order.resident_id, order.resident.guardian_id)
    if blocked or person.pk in own or _was_written_down(order):
        return blocked
    return _("the resident ordered this; only the resident may do this")


def _was_written_down(order: Order) -> bool:
    """Whether a worker placed the order for who telephoned. A guardian who is none any more did not:
    the role to order for others is kept on record, a guardianship that has ended is not.
    """
    if order.placed_by_id in (order.resident_id, order.resident.guardian_id):
        return False
    return bool(roles.ever_held(order.placed_by, Verb.ORDER_PLACE_FOR, order.created_at))


def why_not_receive(person: User, order: Order, now: datetime) -> str | None:
    """The receiving side: the resident, a guardian, and who wrote the order down and still may.

    Who wrote it down as a worker loses it with the role: a former worker keeps nobody's telephone.
    """
    if person.pk in (order.resident_id, order.resident.guardian_id):
        return None
    wrote = person.pk == order.placed_by_id
    if wrote and roles.holds(person, Verb.ORDER_PLACE_FOR, path=order.path, now=now):
        return None
    return _("shown to the receiving side")


def why_not_rate_as(person: User, order: Order, now: datetime) -> str | None:
    """The receiving side rates; nobody rates the work of a team of one's own."""
    if order.team and people.belongs(person, order.team):
        return _("nobody rates the visit of a team of one's own")
    return why_not_speak_for_resident(person, order, now)


def why_not_see_contact(person: User, order: Order, now: datetime) -> str | None:
    """Name, telephone and place are shown to those who serve the order now, and to nobody else.

    A team and a department know them as long as they have work with the order: not once it was
    declined, withdrawn, cancelled, rated or closed. Of the team it is the leaders, and who was put
    down for a visit that is set. The desk answers for its place throughout; who supervises, for what is
    late, until somebody takes the next step.
    """
    if why_not_receive(person, order, now) is None:
        return None
    if not order.sent:
        return _("shown to those who serve this order")
    if why_not_dispatch_as(person, order, now) is None:
        return None
    if order.state in SERVED_BY_TEAM and order.team and people.leads(person, order.team, now):
        return None
    if order.state == OrderState.SCHEDULED and visits.goes(person, order):
        return None
    serves = order.state in SERVED_BY_DEPARTMENT and order.department_id
    if serves and why_not_act_for_department(person, order, now) is None:
        return None
    return _("shown to those who serve this order")


def why_not_ring_resident(person: User, order: Order, now: datetime) -> str | None:
    """Who knows the contact; of what was never sent only who ordered it, for nobody serves it."""
    if not order.sent:
        own = person.pk in (order.resident_id, order.resident.guardian_id)
        return None if own else _("shown to those who serve this order")
    return why_not_see_contact(person, order, now)


def why_not_ring_leader(person: User, order: Order, now: datetime) -> str | None:
    """While a team has the order: who waits for the visit, and who answers for it."""
    if order.state not in SERVED_BY_TEAM:
        return _("no team has this order")
    if why_not_receive(person, order, now) is None:
        return None
    if why_not_act_for_department(person, order, now) is None:
        return None
    return why_not_dispatch_as(person, order, now)


# --- the order ----------------------------------------------------------------------------------


def why_not_title(title: str) -> str | None:
    """Everybody who sees the order reads its title, and the search knows it: no numbers of people."""
    if masks.numbers(title) == title:
        return None
    return _("leave telephone and identity numbers out of the title: everybody reads it")


def why_not_visit_erased(order: Order) -> str | None:
    """Nobody goes to a person who is not known any more, and nothing is added of visits to them."""
    return _("the resident's data were erased") if order.resident.erased_at else None


def why_not_want(wanted_from: datetime, wanted_until: datetime, now: datetime) -> str | None:
    """A wish lies ahead, within a year, and ends after it begins."""
    if wanted_until <= wanted_from:
        return _("the latest time must come after the earliest")
    if wanted_until <= now:
        return _("the time you want has passed; choose a later one")
    if wanted_from > now + LONGEST_AHEAD:
        return _("choose a time within a year from now")
    return None


def why_not_order_service(service: Service | None, path: str, now: datetime) -> str | None:
    """A dish is ordered while it is on the menu, where it is served, within its capacity."""
    if service is None:
        return None
    if service.state != "published":
        return _("this service is not on the menu now")
    day = clock.day(now)
    if day < service.first_day or (service.last_day and day > service.last_day):
        return _("this service is not offered at this time of the year")
    if not queries.served_in(service, path):
        return _("this service is not offered in your area")
    if queries.ordered_this_month(service, now) >= service.month_capacity:
        return _(
            "this service is fully ordered this month; order it next month or describe your need"
        )
    return contracts.why_not_order(service.contract, service.department_id, now)


def why_not_dispatch_to(order: Order, department_active: bool) -> str | None:
    """An order goes to a department that works."""
    if not department_active:
        return _("this department does not take orders now")
    return ORDER.why_not(order.state, "dispatch")


def why_not_claim(order: Order, team: Team, now: datetime, *, hold: bool = False) -> str | None:
    """An open order that is wanted still, in the team's area, by a team that may hold one more.

    With `hold`, in a transaction, its venue stays as it is until that has ended.
    """
    blocked = ORDER.why_not(order.state, "claim")
    if blocked and order.team_id:
        return _("%(team)s has claimed this order already") % {"team": order.team}
    if blocked:
        return blocked
    if order.wanted_until <= now:
        return _("the time the resident wanted has passed")
    if not reaching.reached_by(order, [team.pk], now):
        return _("this order lies in another district than your team serves")
    return (
        why_not_know(order, team, now)
        or why_not_hold_one_more(team, now)
        or whereabouts.why_not_at(order.venue_id, hold=hold)
    )


def why_not_know(order: Order, team: Team, now: datetime) -> str | None:
    """A team takes what it said it can do, unless the rulebook leaves that to the team."""
    if not rulebooks.in_force(CLAIMS, now).rules.topic_required or reaching.knows(order, team):
        return None
    return _("%(team)s has not named “%(topic)s” among what it can do; its leaders can add it") % {
        "team": team.name,
        "topic": order.topic.title,
    }


def why_not_hold_one_more(team: Team, now: datetime) -> str | None:
    """New teams and teams that came late hold fewer orders at once, by rulebook."""
    rules = rulebooks.in_force(CLAIMS, now).rules
    held = queries.held(team)
    if held < rules.least_cap:
        return None  # whatever its past, which need not be read
    cap, why = queries.claim_cap(team, rules, now)
    if held < cap:
        return None
    return ngettext(
        "%(team)s holds %(cap)s order already (%(why)s); it has to be finished first",
        "%(team)s holds %(cap)s orders already (%(why)s); one has to be finished first",
        cap,
    ) % {"team": team.name, "cap": cap, "why": why}


def why_not_wait(order: Order, team: Team, now: datetime) -> str | None:
    """A team waits for an order that another team has, and that it could take itself."""
    if order.state not in (OrderState.CLAIMED, OrderState.SCHEDULED):
        return _("only an order that a team has can be waited for")
    if order.team_id == team.pk:
        return _("your team has this order")
    if queries.places_in_line(order, team):
        return _("your team is on the waiting list already")
    if not reaching.reached_by(order, [team.pk], now):
        return _("this order lies in another district than your team serves")
    return why_not_know(order, team, now) or why_not_hold_one_more(team, now)


def why_not_stop_waiting(places: list[Waiting]) -> str | None:
    """Who is not on the list cannot leave it."""
    return None if places else _("your team is not on the waiting list")


def why_not_schedule(order: Order, starts_at: datetime, now: datetime) -> str | None:
    """A visit is set ahead of time, within what the resident wanted, and beside no more visits at the
    same time than its team takes on in a day: so many parties it may send. How they get from one to
    the next is the team's to judge.
    """
    blocked = ORDER.why_not(order.state, "schedule")
    if blocked:
        return blocked
    ends_at = starts_at + timedelta(minutes=order.minutes)
    if starts_at <= now:
        return _("choose a time that lies ahead")
    if starts_at < order.wanted_from or ends_at > order.wanted_until:
        return _("choose a time within what the resident wanted")
    return visits.why_not_beside(order, starts_at, ends_at)


def why_not_check_in(order: Order, code: str | None, at: datetime) -> str | None:
    """Arrival is possible around the visit, with the code the resident or the station shows."""
    if order.state not in (OrderState.SCHEDULED, OrderState.DELIVERED, OrderState.RATED):
        return _("only a scheduled visit can be checked in to")
    if code is not None and code.strip().upper() != order.check_in_code:
        return _("this is not the code of this order; ask the receiving side to show it again")
    around = rulebooks.in_force(CLOCKS, at).rules.visit
    if order.starts_at and at < (first := order.starts_at - around.early):
        return _("it is too early; check in from %(when)s on") % {"when": visits.said(first)}
    if order.ends_at and at > (last := order.ends_at + around.check_in):
        return _(
            "checking in was possible until %(when)s; ask the organiser to enter the visit"
        ) % {"when": visits.said(last)}
    return None


def why_not_deliver(order: Order, now: datetime) -> str | None:
    """A visit is reported when it has begun and somebody has checked in."""
    blocked = ORDER.why_not(order.state, "deliver")
    if blocked:
        return blocked
    if early := why_not_begun(order, now):
        return early
    if not visits.check_ins(order).exists():
        return _("nobody has checked in yet")
    return None


def why_not_begun(order: Order, now: datetime) -> str | None:
    """A visit begins at the time it is set for."""
    if order.starts_at and now < order.starts_at:
        return _("the visit has not begun yet")
    return None


def why_not_end(order: Order, ended_at: datetime) -> str | None:
    """A visit ends after somebody has arrived."""
    if visits.check_ins(order).filter(arrived_at__lt=ended_at).exists():
        return None
    return _("nobody had arrived by then; say when the visit ended")


def why_not_report_no_show(order: Order, now: datetime) -> str | None:
    """Nobody came: said after the visit should have begun, when nobody checked in."""
    blocked = ORDER.why_not(order.state, "report_no_show")
    if blocked:
        return blocked
    patience = rulebooks.in_force(CLOCKS, now).rules.visit.no_show
    if order.starts_at and now < (first := order.starts_at + patience):
        return _("wait until %(when)s; they may still come") % {"when": visits.said(first)}
    if visits.check_ins(order).exists():
        return _("a volunteer has checked in to this visit")
    return None


def why_not_rate(order: Order, stars: int | None = None) -> str | None:
    """A visit is rated once, with one to five stars."""
    blocked = ORDER.why_not(order.state, "rate")
    if blocked:
        return blocked
    if stars is not None and not 1 <= stars <= 5:
        return _("give one to five stars")
    return None


def why_not_answer(order: Order) -> str | None:
    """A rating is answered once."""
    rating = visits.rating(order)
    if rating is None:
        return _("this order has not been rated")
    return _("this rating has been answered") if rating.answered_at else None


def why_not_reopen(order: Order, now: datetime) -> str | None:
    """After nobody came, or after a low rating, while it is known who waits."""
    blocked = ORDER.why_not(order.state, "reopen") or why_not_visit_erased(order)
    if blocked:
        return blocked
    low, rating = rulebooks.in_force(CLAIMS, now).rules.low_rating, visits.rating(order)
    if order.state == OrderState.RATED and rating and rating.stars > low:
        return _("only an order rated with %(low)s stars or fewer is reopened") % {"low": low}
    return None


def why_not_widen(order: Order, now: datetime) -> str | None:
    """An open order goes to neighbouring districts when nobody near could serve it, or when it was
    open as long as the rulebook gives the teams nearby.
    """
    if order.state != OrderState.OPEN:
        return _("only an open order is offered to neighbouring districts")
    if order.wide:
        return _("this order is offered to neighbouring districts already")
    ran_out = order.escalations > 0 or (order.due_at is not None and order.due_at <= now)
    able = 0 if ran_out else len(queries.able(order, now))
    if not able:
        return None
    return ngettext(
        "%(n)s team nearby could still take this order; neighbouring districts come after it, or "
        "when the time for claiming has run out",
        "%(n)s teams nearby could still take this order; neighbouring districts come after them, "
        "or when the time for claiming has run out",
        able,
    ) % {"n": able}


def why_not_redraft(order: Order) -> str | None:
    if order.state == OrderState.DRAFT:
        return None
    return _("this order was sent already; only a draft can be written anew")


def why_not_merge(order: Order, into: Order) -> str | None:
    """Two orders for the same thing become one; both still wait at a desk of the same township."""
    if order.pk == into.pk:
        return _("an order cannot be merged into itself")
    if into.state not in UNDER_WAY:
        return _("the other order has ended")
    if order.topic_id != into.topic_id:
        return _("the two orders are about different topics")
    if order.division_now.parent_id != into.division_now.parent_id:
        return _("the two orders lie in different townships")
    if order.state not in AT_THE_DESK:
        return _("only an order that waits at your desk can be merged")
    return None


def why_not_merge_at_all(order: Order) -> str | None:
    """There is a like order in the township to merge with."""
    if queries.mergeable(order).exists():
        return None
    return _("no like order of this township is under way")


def why_not_move_plan(plan: AutoPlan, verb: str) -> str | None:
    """Where a plan may go, and that the worker has one plan of a department at a time."""
    if verb not in PLAN.verbs(plan.state):
        state = plan.get_state_display()
        return _("this cannot be done: the state of the plan is “%(state)s”") % {"state": state}
    if verb == "apply" and planned.plan_at_work(plan.department_id):
        return _("another plan of this department is being worked on")
    return None


def why_not_write(
    titles: list[str], *, team_id: int | None, department_id: int | None
) -> str | None:
    """No dish of a table stands on the menu of its team or department already."""
    mine = Service.objects.filter(team=team_id, department=department_id, title__in=titles)
    if found := mine.exclude(state=MenuState.WITHDRAWN).first():
        return _("“%(title)s” is on your menu already; please try the table again") % {
            "title": found.title
        }
    return None


def why_not_move_service(service: Service, verb: str) -> str | None:
    return SERVICE.why_not(service.state, verb)


def why_not_change_service(service: Service, seen: int) -> str | None:
    """A dish that was not taken down, as it was when the change was begun."""
    if service.state == MenuState.WITHDRAWN:
        return _("this service was taken down; write a new one")
    if service.version != seen:
        return _("somebody changed this service meanwhile; look at it again")
    return None


# --- the menu -----------------------------------------------------------------------------------


def why_not_publish_for(
    person: User, *, team: Team | None, department_id: int | None, now: datetime
) -> str | None:
    """A leader offers in the team's name, an officer in the department's."""
    if team is not None:
        return why_not_take_on(person, team, now)
    if roles.holds(person, Verb.MENU_PUBLISH, organisation_id=department_id, now=now):
        return None
    return _("only an officer of this department may do this")


def why_not_run_out(order: Order, now: datetime) -> str | None:
    """A stage runs out when its clock has."""
    if order.due_at is None or order.due_at > now:
        return _("this stage has time left")
    return None


def why_not_expire(order: Order, now: datetime, grace: timedelta) -> str | None:
    """An order nobody took expires some time after the last hour it was wanted."""
    blocked = ORDER.why_not(order.state, "expire")
    if blocked:
        return blocked
    return None if now >= order.wanted_until + grace else _("this order is still wanted")


def why_not_offer(order: Order, team: Team, now: datetime) -> str | None:
    """An open order is offered to an active team that can do it and may hold one more."""
    if order.state != OrderState.OPEN:
        return _("only an open order is offered to a team")
    if not team.active:
        return _("this team is suspended")
    return (
        why_not_know(order, team, now)
        or why_not_hold_one_more(team, now)
        or whereabouts.why_not_at(order.venue_id)
    )


def why_not_decline_offer(order: Order, made: Offer | None) -> str | None:
    """An offer is declined once, while the order is open."""
    if made is None:
        return _("your team was not asked to take this order")
    if made.declined_at:
        return _("your team has declined already")
    return None if order.state == OrderState.OPEN else _("this order is no longer open")


def why_not_take_over(order: Order, team: Team, now: datetime) -> str | None:
    """The taking team must be able to claim the order itself."""
    blocked = ORDER.why_not(order.state, "hand_over")
    if blocked:
        return blocked
    if not team.active:
        return _("this team is suspended")
    if order.team_id == team.pk:
        return _("your team has this order")
    if not reaching.reached_by(order, [team.pk], now):
        return _("this order lies in another district than the other team serves")
    return why_not_know(order, team, now) or why_not_hold_one_more(team, now)


def why_not_check_out(arrival: CheckIn | None, at: datetime) -> str | None:
    """One leaves where one has arrived, and after it."""
    if arrival is None:
        return _("check in first")
    if at <= arrival.arrived_at:
        return _("leaving comes after arriving")
    return None


def why_not_plan_for(person: User, department_id: int, now: datetime) -> str | None:
    """Only an officer of the department plans for it."""
    if roles.holds(person, Verb.ORDER_ACCEPT, organisation_id=department_id, now=now):
        return None
    return _("only an officer of the department in charge may do this")


EVENTS_A_DAY = 500  # of one person; the busiest day of visits brings a tenth of it


def why_not_take_event(by: User, now: datetime) -> str | None:
    """Everything a device sends is kept, so nobody sends without end. One query, from an index."""
    day = DeviceEvent.objects.filter(by=by, received_at__gt=now - timedelta(days=1))
    if day.count() >= EVENTS_A_DAY:
        return _(
            "you sent 500 events within a day, so no more are taken; "
            "your device keeps them: send them tomorrow"
        )
    return None
