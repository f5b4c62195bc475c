"""What a person can do with an order or a plan now, and why not: for buttons and for the API alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kepu.orders import agreeing, rules, urgency, whereabouts
from kepu.orders.models import AutoPlan, Order
from kepu.orders.states import (
    AT_THE_DESK,
    ENDED_WITHOUT_A_VISIT,
    MAY_EXPIRE,
    ORDER,
    PLAN,
    UNDER_WAY,
    OrderState,
)

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Team

Asked = Callable[[Order, "User", datetime], str | None]


@dataclass(frozen=True)
class Hint:
    """One verb: may this person do it at all, and what stands against it now."""

    verb: str
    why_not: str | None


# Who may do each verb. A verb that is refused for the person is not shown at all.
WHO: dict[str, Asked] = {
    "place": lambda o, p, t: rules.why_not_speak_for_resident(p, o, t),
    "withdraw": lambda o, p, t: rules.why_not_speak_for_resident(p, o, t),
    "rate": lambda o, p, t: rules.why_not_rate_as(p, o, t),
    "report_no_show": lambda o, p, t: rules.why_not_speak_for_resident(p, o, t),
    "dispatch": lambda o, p, t: rules.why_not_dispatch_as(p, o, t),
    "reopen": lambda o, p, t: rules.why_not_dispatch_as(p, o, t),
    "merge": lambda o, p, t: rules.why_not_dispatch_as(p, o, t),
    "cancel": lambda o, p, t: rules.why_not_cancel_as(p, o, t),
    "rehome": lambda o, p, t: rules.why_not_cancel_as(p, o, t),
    "accept": lambda o, p, t: rules.why_not_act_for_department(p, o, t),
    "decline": lambda o, p, t: rules.why_not_act_for_department(p, o, t),
    "open": lambda o, p, t: rules.why_not_act_for_department(p, o, t),
    "widen": lambda o, p, t: rules.why_not_act_for_department(p, o, t),
    "prioritise": lambda o, p, t: urgency.why_not_set_as(p, o, t),
    "release": lambda o, p, t: rules.why_not_act_for_team(p, o.team, t),
    "hand_over": lambda o, p, t: rules.why_not_act_for_team(p, o.team, t),
    "schedule": lambda o, p, t: rules.why_not_act_for_team(p, o.team, t),
    "deliver": lambda o, p, t: rules.why_not_act_for_team(p, o.team, t),
    "answer": lambda o, p, t: rules.why_not_act_for_team(p, o.team, t),
    "check_in": lambda o, p, t: rules.why_not_serve(p, o),
    "certify_hours": lambda o, p, t: agreeing.why_not_certify_as(p, o, t),
    "confirm_hours": lambda o, p, t: agreeing.why_not_confirm_as(p, o, t),
}

# What stands against it now, where the table alone does not tell.
WHEN: dict[str, Asked] = {
    **dict.fromkeys(
        ("place", "accept", "schedule", "hand_over"),
        lambda o, p, t: whereabouts.why_not_at(_venue(o)),
    ),
    "deliver": lambda o, p, t: rules.why_not_deliver(o, t),
    "report_no_show": lambda o, p, t: rules.why_not_report_no_show(o, t),
    "reopen": lambda o, p, t: rules.why_not_reopen(o, t),
    "rate": lambda o, p, t: rules.why_not_rate(o),
    "answer": lambda o, p, t: rules.why_not_answer(o),
    "widen": lambda o, p, t: rules.why_not_widen(o, t),
    "merge": lambda o, p, t: rules.why_not_merge_at_all(o),
    "check_in": lambda o, p, t: rules.why_not_check_in(o, None, t),
    "certify_hours": lambda o, p, t: agreeing.why_not_certify(p, o, t),
    "confirm_hours": lambda o, p, t: agreeing.why_not_confirm(p, o, t),
}


def _venue(order: Order) -> int | None:
    """Where it takes place; a draft where its dish does now."""
    if order.state == OrderState.DRAFT and order.service:
        return order.service.venue_id
    return order.venue_id


# Verbs that leave the state as it is, and the states in which they mean something.
_BESIDE_THE_TABLE: dict[str, tuple[str, ...]] = {
    "merge": AT_THE_DESK,
    "widen": ("open",),
    "prioritise": MAY_EXPIRE,
    "check_in": ("scheduled",),
    "answer": ("rated", "closed"),
    "certify_hours": ("delivered", "rated", "closed"),
    "confirm_hours": ("delivered", "rated", "closed"),
}


_HOURS = ("certify_hours", "confirm_hours")


def hints(order: Order, person: User, now: datetime) -> list[Hint]:
    """Verbs this person could do in the order's present state, in the order of the table."""
    return [
        Hint(verb, WHEN[verb](order, person, now) if verb in WHEN else None)
        for verb in [*ORDER.verbs(order.state), *_beside(order, person, now)]
        if verb in WHO and WHO[verb](order, person, now) is None
    ]


def _beside(order: Order, person: User, now: datetime) -> list[str]:
    """Also hours that wait for a hand, of earlier visits while another one is under way, and of who had
    arrived before the order came to nothing.
    """
    found = [verb for verb, states in _BESIDE_THE_TABLE.items() if order.state in states]
    if order.venue_id and order.state in UNDER_WAY and whereabouts.waiting(order):
        found.append("rehome")
    before = order.visit > 1 or (order.sent and order.state in ENDED_WITHOUT_A_VISIT)
    if before and not {*_HOURS} & {*found}:
        found += [verb for verb in _HOURS if WHEN[verb](order, person, now) is None]
    return found


def claim_hints(order: Order, teams: list[Team], now: datetime) -> list[tuple[Team, str | None]]:
    """For each team the person leads: what stands against its claiming the order."""
    return [(team, rules.why_not_claim(order, team, now)) for team in teams]


_OF_A_PERSON = ("apply", "drop", "cancel")  # the other moves of a plan are the worker's


def for_plan(plan: AutoPlan) -> list[Hint]:
    """What an officer of the department can do with its plan in the present state."""
    return [
        Hint(verb, rules.why_not_move_plan(plan, verb))
        for verb in PLAN.verbs(plan.state)
        if verb in _OF_A_PERSON
    ]
