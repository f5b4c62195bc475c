"""Orders as the look's plain data: cards, timelines, hand-overs, rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kepu.kernel import clock
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import happened, likeness, stations
from kepu.orders.models import Dispatch, Order, Step
from kepu.orders.schemas import CLOCKS, AtEnd
from kepu.orders.states import AT_THE_DESK, NO_TIME_YET, OrderState, Priority
from kepu.ui import cards as ui
from kepu.ui import formats

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.orders.privacy import Reading

STAYS = (
    "redraft",
    "escalate",
    "prioritise",
    "widen",
    "lose_venue",
    "regain_venue",
    "rehome",
)  # steps that leave an order in its state
CLOSABLE = (OrderState.DELIVERED, OrderState.RATED)

TONES = {
    OrderState.PLACED: "information",
    OrderState.REOPENED: "warning",
    OrderState.DECLINED: "warning",
    OrderState.NO_SHOW: "danger",
    OrderState.OPEN: "accent",
    OrderState.CLAIMED: "accent",
    OrderState.SCHEDULED: "accent",
    OrderState.DELIVERED: "success",
    OrderState.RATED: "success",
    OrderState.CLOSED: "success",
}


def tag(order: Order) -> ui.Tag:
    """The order's state in a coloured pill."""
    state = OrderState(order.state)
    return ui.Tag(str(state.label), TONES.get(state, "plain"))


def card(order: Order, now: datetime) -> ui.Order:
    """The order as a card: what, where, when wanted, who has it, how much time is left."""
    return ui.Order(
        title=order.title,
        number=order.number,
        href=reverse("order", args=[order.pk]),
        state=tag(order),
        lines=_lines(order, now),
        due=order.due_at,
        start=order.stage_since,
        hurry=hurry(order, now),
    )


def hurry(order: Order, now: datetime) -> ui.Tag | None:
    """Why an order without an agreed time cannot wait, whatever its clock says: it is wanted soon."""
    if order.state not in NO_TIME_YET:
        return None
    if order.wanted_until <= now:
        return ui.Tag(_("the wanted time is over"), "danger", "alarm")
    days = (clock.day(order.wanted_from) - clock.day(now)).days
    if days > 1:
        return None
    if days < 0:
        return ui.Tag(_("wanted now"), "warning", "alarm")
    if clock.day(order.wanted_until) > clock.day(order.wanted_from):  # any day of several will do
        begins = _("from tomorrow") if days == 1 else _("from today")
        return ui.Tag(begins, "information", "calendar")
    return ui.Tag(_("wanted tomorrow") if days == 1 else _("wanted today"), "warning", "alarm")


def _people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": count}


def closes_at(order: Order, now: datetime) -> datetime | None:
    """When the order closes by itself, without anybody doing anything; None where that takes somebody."""
    if order.state not in CLOSABLE:
        return None
    stage = rulebooks.in_force(CLOCKS, now).rules.stages.get(order.state)
    return order.due_at if stage and stage.at_end is AtEnd.CLOSE else None


def _lines(order: Order, now: datetime) -> list[ui.Line]:
    lines = [
        ui.Line("pin", order.division_now.name, _("Place")),
        ui.Line("calendar", _when(order, now), _("Time")),
        ui.Line("people", _people(order.people), _("People")),
    ]
    if order.priority > Priority.NORMAL:
        lines.append(ui.Line("alarm", order.get_priority_display(), _("Priority")))
    if order.team:
        lines.append(ui.Line("flag", order.team.name, _("Team")))
    return lines


def _when(order: Order, now: datetime) -> str:
    if order.starts_at and order.ends_at:
        return formats.span(order.starts_at, order.ends_at, now)
    return formats.days(order.wanted_from, order.wanted_until, now)


# The seven hands an order goes through, each with the states in which it is theirs.
HANDS = (
    ("place", (OrderState.DRAFT,)),
    ("dispatch", AT_THE_DESK),
    ("accept", (OrderState.DISPATCHED,)),
    ("open", (OrderState.ACCEPTED,)),
    ("claim", (OrderState.OPEN,)),
    ("deliver", (OrderState.CLAIMED, OrderState.SCHEDULED)),
    ("rate", (OrderState.DELIVERED,)),
)


def hand_overs(order: Order) -> list[ui.Step]:
    """The way through all hands: what is done, where it stands, what is to come."""
    labels = {
        "place": _("order"),
        "dispatch": _("dispatch"),
        "accept": pgettext("hand", "accept"),
        "open": _("open"),
        "claim": _("claim"),
        "deliver": _("visit"),
        "rate": _("rate"),
    }
    last = {step.verb: step for step in order.steps.all()}
    now_at = next((n for n, (_v, states) in enumerate(HANDS) if order.state in states), len(HANDS))
    stopped = order.state in (OrderState.WITHDRAWN, OrderState.CANCELLED, OrderState.EXPIRED)
    return [
        ui.Step(
            labels[verb],
            state=_standing(number, now_at, stopped, verb in last),
            at=last[verb].at if verb in last and number < now_at else None,
        )
        for number, (verb, _states) in enumerate(HANDS)
    ]


def _standing(number: int, now_at: int, stopped: bool, done: bool) -> str:
    if stopped:
        return "done" if done else "stopped"
    if number == now_at:
        return "now"
    return "done" if number < now_at else "todo"


def timeline(order: Order, *, show_names: bool, read: Reading) -> list[ui.Happening]:
    """What happened, newest first; names only for those who serve the order, notes as `read` has it."""
    steps = order.steps.select_related("by", "for_whom", "team", "department").order_by("-pk")
    dispatched = stations.of_order(order)
    sent = {step.at for step in steps if step.verb == "place"}  # in one press with what was written
    told = [step for step in steps if step.verb != "draft" or step.at not in sent]
    found = [_happening(step, show_names, read, dispatched) for step in told]
    found += happened.besides(order, show_names=show_names)
    return sorted(found, key=attrgetter("at"), reverse=True)


def _happening(
    step: Step, show_names: bool, read: Reading, dispatched: Mapping[datetime, Dispatch]
) -> ui.Happening:
    station = dispatched.get(step.at) if step.verb == "dispatch" else None
    return ui.Happening(
        what=words(step, station),
        at=step.at,
        who=_who(step, show_names),
        for_whom=step.for_whom.name
        if show_names and step.for_whom_id != step.by_id and step.for_whom
        else "",
        note=read(step.note),
        tone="accent" if step.verb in ("claim", "deliver", "rate") else "plain",
    )


def _who(step: Step, show_names: bool) -> str:
    if step.by is None:
        return _("Kepu")
    if show_names:
        return step.by.name
    if step.verb in ("claim", "release", "schedule", "deliver") and step.team:
        return step.team.name
    return ""


def went_on(order: Order, person: User, now: datetime, *, show_names: bool) -> str:
    """Who brought the order to where it stands, when and how: for who comes too late."""
    moves = order.steps.exclude(verb__in=STAYS).select_related("by", "team", "department")
    step = moves.order_by("-pk").first()
    if step is None:
        return ""
    who = _("yourself") if step.by_id == person.pk else _who(step, show_names) or _("somebody else")
    return _("Done already by %(who)s (%(when)s): %(what)s") % {
        "who": who,
        "when": formats.moment(step.at, now),
        "what": words(step),
    }


def words(step: Step, station: Dispatch | None = None) -> str:
    """A step as a sentence, a dispatch with the station it came from."""
    if station is not None:
        said = {"department": step.department or "", "station": station.name}
        return _("%(station)s dispatched it to %(department)s") % said
    sentences = {
        "draft": _("The need was written down"),
        "redraft": _("The draft was written anew"),
        "place": _("The order was sent"),
        "dispatch": _("Dispatched to %(department)s"),
        "decline": _("%(department)s declined it"),
        "accept": _("%(department)s accepted it"),
        "open": _("Opened to teams"),
        "claim": _("%(team)s claimed it"),
        "release": _("The team let go"),
        "hand_over": _("Handed over to %(team)s"),
        "schedule": _("The time was set"),
        "deliver": _("%(team)s reported the visit"),
        "report_no_show": _("The volunteers did not come"),
        "rate": _("The visit was rated"),
        "close": _("Closed"),
        "reopen": _("Reopened"),
        "withdraw": _("Withdrawn"),
        "cancel": _("Cancelled"),
        "expire": _("Expired: nobody took it in time"),
        "escalate": _("The time ran out; it went one level up"),
        "prioritise": _("It was said how urgent it is"),
        "widen": _("Offered to neighbouring districts"),
        "lose_venue": _("The venue cannot be used; another place is looked for"),
        "regain_venue": _("The venue can be used again"),
        "rehome": _("It takes place at another venue"),
    }
    sentence = sentences.get(step.verb, step.verb)
    return sentence % {"department": step.department or "", "team": step.team or ""}


def similar(order: Order, person: User, now: datetime) -> list[ui.Order]:
    """Like orders near in place and time, for a dispatcher who may merge them."""
    if order.state not in AT_THE_DESK:
        return []
    reach = roles.reach(person, Verb.ORDER_DISPATCH, now)
    if not reach.covers(order.path):
        return []
    found = likeness.alike(
        topic_id=order.topic_id,
        words=order.title,
        path=order.path,
        wanted_from=order.wanted_from,
        clocks=rulebooks.in_force(CLOCKS, now).rules,
        besides=order.pk,
    )
    return [card(one, now) for one in found if reach.covers(one.path)][:5]
