"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.crosswalk import queries as crosswalk
from kepu.kernel.facts.catalogue import (
    DivisionsChanged,
    MembershipEnded,
    OrderEscalated,
    OrderMoved,
    OrderOffered,
    PersonErased,
    PlanAsked,
    TeamDissolved,
    VenueEnded,
    VenueReinstated,
    VenueSuspended,
    VolunteerSuspended,
)
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.orders import announcing, held, queries, telling
from kepu.orders.actions import (
    forget_pictures,
    forget_titles,
    let_be_found_again,
    let_go,
    lose_venue,
    regain_venue,
    run_lines,
    take_off,
    withdraw_drafts,
)
from kepu.orders.actions import run_clocks as let_clocks_run
from kepu.orders.actions.computing import PLANS
from kepu.people import queries as people


@every(timedelta(minutes=1), called=lazy("See which stages of orders have run out"), apart=True)
def run_clocks(occasion: Occasion) -> None:
    """Let stages that have run out take their consequence."""
    let_clocks_run(occasion.now)


@every(timedelta(minutes=5), called=lazy("Ask the next team on waiting lists"), apart=True)
def ask_next_in_lines(occasion: Occasion) -> None:
    """A team that was asked from a waiting list and stays silent does not hold up those behind it."""
    run_lines(occasion.now)


@listen(OrderMoved, called=lazy("Tell whom the step concerns"))
def tell_whom_it_concerns(fact: OrderMoved, occasion: Occasion) -> None:
    """A move is told to the next hand and to the resident."""
    order = queries.by_id(fact.order_id)
    if order is not None:
        telling.tell_of_move(order, fact.verb, occasion.now)
        if fact.verb in ("open", "widen"):
            announcing.announce(order, occasion.now)


@listen(DivisionsChanged, called=lazy("Find orders in their new district"))
def find_moved_orders(fact: DivisionsChanged, occasion: Occasion) -> None:
    """Orders on moved ground are found in their new district, and by its name."""
    let_be_found_again(crosswalk.paths_after(fact.change_id))


@listen(OrderOffered, called=lazy("Tell the leaders of the team"))
def tell_the_team(fact: OrderOffered, occasion: Occasion) -> None:
    """Leaders of a team that was asked are told why it was chosen."""
    order = queries.by_id(fact.order_id)
    offer = order and order.offers.filter(team=fact.team_id).select_related("team").first()
    if order and offer:
        telling.tell_asked(order, offer, occasion.now)


@listen(OrderEscalated, called=lazy("Tell both levels"))
def tell_both_levels(fact: OrderEscalated, occasion: Occasion) -> None:
    """Who was too slow and who is answerable now are both told."""
    order = queries.by_id(fact.order_id)
    if order is None:
        return
    above = telling.answerable(fact.path, occasion.now)
    told = {person.pk for person in above}
    slow = [one for one in telling.slow(order, occasion.now) if one.pk not in told]
    telling.tell(above, "order_escalated", order, occasion.now)
    telling.tell(slow, "order_overdue", order, occasion.now)
    announcing.announce(order, occasion.now)


@listen(PlanAsked, awaited=True, called=lazy("Work on the plan"))
def begin_plan(fact: PlanAsked, occasion: Occasion) -> None:
    """The worker works on a plan beside its other work, as soon as the delivery is committed."""
    PLANS.begin(fact.plan_id, occasion.now)


@every(timedelta(minutes=1), called=lazy("Take up plans that were left half done"))
def begin_plans_again(occasion: Occasion) -> None:
    """What a worker that was killed left half done is taken up by the next one."""
    PLANS.begin_again(occasion.now)


@listen(MembershipEnded, called=lazy("Take the person off the team's rosters"))
def take_off_rosters(fact: MembershipEnded, occasion: Occasion) -> None:
    """Who has left a team is not sent to its visits."""
    take_off(fact.person_id, team_id=fact.team_id, now=occasion.now)


@listen(TeamDissolved, called=lazy("Open the team's orders to other teams"))
def let_go_of_all(fact: TeamDissolved, occasion: Occasion) -> None:
    """What a team that has ended was to serve is served by another."""
    team = people.team(fact.team_id)
    for order in queries.held_by(team):
        let_go(order.pk, team=team, now=occasion.now)


@listen(VolunteerSuspended, called=lazy("Take the volunteer off every roster"))
def take_off_all_rosters(fact: VolunteerSuspended, occasion: Occasion) -> None:
    """Who may not serve for a while is sent to no visit of any team."""
    take_off(fact.person_id, now=occasion.now)


@listen(VenueSuspended, called=lazy("Find another place for the venue's orders"))
def lose_suspended_venue(fact: VenueSuspended, occasion: Occasion) -> None:
    """What was agreed at a venue that is suspended goes to a named officer."""
    lose_venue(fact.venue_id, now=occasion.now)


@listen(VenueEnded, called=lazy("Find another place for the venue's orders for good"))
def lose_ended_venue(fact: VenueEnded, occasion: Occasion) -> None:
    """The same for a venue that is not on the register any more."""
    lose_venue(fact.venue_id, now=occasion.now)


@listen(VenueReinstated, called=lazy("Take the venue's orders off the officers' lists"))
def regain_reinstated_venue(fact: VenueReinstated, occasion: Occasion) -> None:
    """What waits for another place takes place where it was to."""
    regain_venue(fact.venue_id, now=occasion.now)


@listen(PersonErased, called=lazy("Remove the person's words and pictures from orders"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What an erased person wrote here, or others wrote on their orders, goes, and what shows them.

    Pictures go first: which of them were refused stands in the words of the devices.
    """
    forget_pictures(fact.person_id, now=occasion.now)
    withdraw_drafts(fact.person_id, now=occasion.now)
    take_off(fact.person_id, now=occasion.now)
    accounts.forget_words(held.TABLES, fact.person_id)
    forget_titles(fact.person_id)
