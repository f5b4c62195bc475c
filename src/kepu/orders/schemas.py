"""What the rulebooks of this room may say."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import Field, field_validator, model_validator

from kepu.kernel.clock import workdays
from kepu.kernel.divisions.states import Level
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu.orders.states import NO_TIME_YET, OrderState

HOURS = pgettext_lazy("unit", "hours")  # not the hours somebody served
TEAMS = pgettext_lazy("unit", "teams")


class Unit(StrEnum):
    HOURS = "hours"
    DAYS = "days"
    WORKDAYS = "workdays"


class AtEnd(StrEnum):
    """What happens when a stage runs out of time."""

    ESCALATE = "escalate"
    CLOSE = "close"
    WIDEN = "widen"  # offered to neighbouring districts, and one level up


UNITS = {Unit.HOURS: HOURS, Unit.DAYS: _("days"), Unit.WORKDAYS: _("working days")}
ENDS = {
    AtEnd.ESCALATE: _(", then one level up"),
    AtEnd.CLOSE: _(", then closed"),
    AtEnd.WIDEN: _(", then offered to neighbouring districts and one level up"),
}


class Stage(Rules):
    """How long an order may stay in one state."""

    limit: Annotated[int, Told(_("Time limit"))] = Field(ge=1, le=365)
    unit: Annotated[Unit, Told(_("Counted in"))]
    at_end: Annotated[AtEnd, Told(_("When time runs out"))] = AtEnd.ESCALATE

    def in_words(self) -> str:
        """Such as: 2 working days, then closed."""
        return f"{self.limit} {UNITS[self.unit]}{ENDS[self.at_end]}"

    def ends(self, since: datetime) -> datetime:
        """When a stage that began at `since` runs out."""
        if self.unit is Unit.WORKDAYS:
            return workdays.add_workdays(since, self.limit)
        return since + timedelta(**{self.unit.value: self.limit})


class Wish(Rules):
    """How much of the time that a wish still leaves one stage may take before a time is agreed."""

    share: Annotated[float, Told(_("Share of the time left that one stage may take"))] = Field(
        gt=0, le=1, default=0.5
    )
    least_hours: Annotated[int, Told(_("A stage has at least"), HOURS)] = Field(
        ge=1, le=48, default=1
    )

    def ends(self, since: datetime, latest: datetime) -> datetime:
        """When a stage begun at `since` has used its share of what is left until the `latest` begin."""
        share = (latest - since) * self.share
        return min(latest, since + max(share, timedelta(hours=self.least_hours)))


class Around(Rules):
    """What may be done of a visit before it begins, and after it should have begun or ended."""

    early_minutes: Annotated[
        int, Told(_("Check in and photographs before the visit, at most"), _("minutes"))
    ] = Field(ge=0, le=24 * 60, default=120)
    check_in_hours: Annotated[int, Told(_("Check in after its end for"), HOURS)] = Field(
        ge=0, le=24 * 14, default=24
    )
    photograph_days: Annotated[int, Told(_("Photographs after its end for"), _("days"))] = Field(
        ge=0, le=60, default=7
    )
    no_show_minutes: Annotated[
        int, Told(_("Nobody came: said after its begin, at the earliest"), _("minutes"))
    ] = Field(ge=0, le=24 * 60, default=30)

    @property
    def early(self) -> timedelta:
        return timedelta(minutes=self.early_minutes)

    @property
    def check_in(self) -> timedelta:
        return timedelta(hours=self.check_in_hours)

    @property
    def photographs(self) -> timedelta:
        return timedelta(days=self.photograph_days)

    @property
    def no_show(self) -> timedelta:
        return timedelta(minutes=self.no_show_minutes)


class Clocks(Rules):
    """A clock for each state that has one."""

    stages: Annotated[dict[OrderState, Stage], Told(_("Time for each stage"))]
    similar_days: Annotated[int, Told(_("A like order is pointed out within"), _("days"))] = Field(
        ge=0, le=60
    )
    expire_grace_hours: Annotated[
        int, Told(_("An order expires after its last wanted hour"), HOURS)
    ] = Field(ge=0, le=240)
    # versions issued before these were said follow them as well
    similar_share: Annotated[float, Told(_("Words shared by like orders of different topics"))] = (
        Field(gt=0, le=1, default=0.5)
    )
    wish: Annotated[Wish, Told(_("While no time is agreed"))] = Wish()
    visit: Annotated[Around, Told(_("Around a visit"))] = Around()

    def ends(self, state: OrderState, since: datetime, latest: datetime) -> datetime | None:
        """When the stage of `state` runs out; `latest` is when the visit could begin at the latest.

        Whoever has to act leaves time to those who come after. Once the wish is over there is nothing
        to leave: the limit stands alone.
        """
        stage = self.stages.get(state)
        if stage is None:
            return None
        limit = stage.ends(since)
        if state not in NO_TIME_YET or latest <= since:
            return limit
        return min(limit, self.wish.ends(since, latest))

    @field_validator("stages")
    @classmethod
    def _only_waiting_states(cls, stages: dict[OrderState, Stage]) -> dict[OrderState, Stage]:
        ended = {OrderState.CLOSED, OrderState.WITHDRAWN, OrderState.EXPIRED, OrderState.CANCELLED}
        wrong = sorted(ended & set(stages))
        if wrong:
            raise ValueError(f"an order that has ended has no clock: {', '.join(wrong)}")
        widened = sorted(state for state, stage in stages.items() if stage.at_end is AtEnd.WIDEN)
        if widened not in ([], [OrderState.OPEN]):
            raise ValueError("only an open order is offered to neighbouring districts at its end")
        return stages


class Suggesting(Rules):
    """How much each thing counts when teams are suggested, and what a team's turn is worth in a plan."""

    skill: Annotated[float, Told(_("Weight of knowing the topic"))] = Field(ge=0, le=100, default=3)
    near: Annotated[float, Told(_("Weight of being near"))] = Field(ge=0, le=100, default=2)
    free: Annotated[float, Told(_("Weight of free time"))] = Field(ge=0, le=100, default=2)
    load: Annotated[float, Told(_("Weight of holding few orders"))] = Field(ge=0, le=100, default=1)
    rating: Annotated[float, Told(_("Weight of ratings"))] = Field(ge=0, le=100, default=1)
    turn: Annotated[float, Told(_("Weight of its turn"))] = Field(ge=0, le=100, default=1)
    longest_turn_days: Annotated[
        int, Told(_("A turn is due in full after so long without a claim"), _("days"))
    ] = Field(ge=1, le=366, default=60)
    turn_points: Annotated[int, Told(_("Worth of a turn in plans; a kilometre is 4"))] = Field(
        ge=0, le=400, default=40
    )

    @model_validator(mode="after")
    def _something_counts(self) -> Suggesting:
        if not any(self.weights.values()):
            raise ValueError("at least one weight must be more than nothing")
        return self

    @property
    def weights(self) -> dict[str, float]:
        """By the name of the part."""
        return {name: getattr(self, name) for name in PARTS}


PARTS = ("skill", "near", "free", "load", "rating", "turn")


class Claims(Rules):
    """How many orders a team may hold at once, and how ratings and rotation count."""

    cap: Annotated[int, Told(_("Orders a team may hold at once"), _("orders"))] = Field(ge=1)
    topic_required: Annotated[bool, Told(_("Only teams of an order's topic"))] = True
    new_team_days: Annotated[int, Told(_("A team counts as new for"), _("days"))] = Field(ge=0)
    new_team_cap: Annotated[int, Told(_("Orders a new team may hold"), _("orders"))] = Field(ge=1)
    late_share: Annotated[float, Told(_("Share of late or missed visits that limits a team"))] = (
        Field(ge=0, le=1)
    )
    late_after_minutes: Annotated[int, Told(_("Late after"), _("minutes"))] = Field(
        ge=0, le=240, default=15
    )
    late_min_orders: Annotated[
        int, Told(_("Fewest visits before lateness counts"), _("orders"))
    ] = Field(ge=1)
    late_team_cap: Annotated[int, Told(_("Orders a late team may hold"), _("orders"))] = Field(ge=1)
    neighbours: Annotated[
        int, Told(_("Nearest districts asked when nobody near can"), _("districts"))
    ] = Field(ge=0, le=20)
    across_provinces: Annotated[
        bool, Told(_("Also districts of another province, where departments use Kepu"))
    ] = False
    told_at_once: Annotated[int, Told(_("Teams told of an open order at a time"), TEAMS)] = Field(
        ge=0, le=200, default=20
    )
    rating_prior: Annotated[float, Told(_("Mean toward which few ratings shrink"), _("stars"))] = (
        Field(ge=1, le=5)
    )
    rating_prior_weight: Annotated[float, Told(_("Weight of that mean"), _("ratings"))] = Field(
        gt=0
    )
    ask_again_hours: Annotated[int, Told(_("A team is suggested again after"), HOURS)] = Field(
        ge=1, le=24 * 60, default=48
    )
    line_answer_hours: Annotated[
        int, Told(_("A team asked from the waiting list answers within"), HOURS)
    ] = Field(ge=1, le=24 * 30, default=24)
    suggesting: Annotated[Suggesting, Told(_("Suggesting teams"))] = Suggesting()
    low_rating: Annotated[int, Told(_("A rating this low can reopen an order"), _("stars"))] = (
        Field(ge=1, le=5)
    )
    speed_km_per_hour: Annotated[float, Told(_("Travelling speed in plans"), _("km/h"))] = Field(
        gt=0
    )
    farthest_km: Annotated[float, Told(_("Farthest way to a visit"), _("km"))] = Field(gt=0)

    @property
    def least_cap(self) -> int:
        """Fewer orders than this any team may hold."""
        return min(self.cap, self.new_team_cap, self.late_team_cap)


class Reports(Rules):
    """Which divisions report on their month, and by when."""

    levels: Annotated[frozenset[Level], Told(_("Places that report"))]
    due_workdays: Annotated[int, Told(_("Due after the end of the month"), _("working days"))] = (
        Field(ge=1, le=60)
    )


CLOCKS = "orders.clocks"
CLAIMS = "orders.claims"
REPORTS = "orders.reports"

KINDS = (
    Kind(CLOCKS, _("clocks of orders"), Clocks, "kepu.orders", "clocks.yaml"),
    Kind(CLAIMS, _("claims and fairness"), Claims, "kepu.orders", "claims.yaml"),
    Kind(REPORTS, _("monthly reports of places"), Reports, "kepu.orders", "reports.yaml"),
)
