"""Plans and projects as pages show them: tiles, lines, the bar of milestones, the map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel.crosswalk import maps
from kepu.ui import formats
from kepu.ui.cards import NumberTile, Step
from kepu.ui.maps import Dot, Map
from kepu.venues import money
from kepu.venues.models import FacilityPlan, Milestone, Project
from kepu.venues.states import UNDER_WAY, WorkState

TONES = {
    WorkState.PLANNED: "plain",
    WorkState.BUILDING: "information",
    WorkState.FINISHED: "success",
    WorkState.STOPPED: "danger",
}
MOST_STEPS = 8  # of a bar that can be read


@dataclass(frozen=True)
class Line:
    """A project of a list: how far it is, what comes next, and whether that is late."""

    one: Any
    tone: str
    share: int
    late: bool


def lines(projects: Iterable[Any], today: date) -> list[Line]:
    """Projects in their order."""
    return [
        Line(one, TONES[WorkState(one.state)], one.done or 0, is_late(one, today))
        for one in projects
    ]


def is_late(one: Any, today: date) -> bool:
    """Whether a milestone of a project that is under way is over its day."""
    return one.state in UNDER_WAY and one.next_due is not None and one.next_due < today


def tiles(plan: FacilityPlan, projects: Sequence[Any], today: date) -> list[NumberTile]:
    """What a plan comes to: projects, those that are finished, late ones, area and means."""
    area = sum(one.floor_area or 0 for one in projects)
    needed = sum((one.needed for one in projects), Decimal(0))
    finished = sum(one.state == WorkState.FINISHED for one in projects)
    late = sum(is_late(one, today) for one in projects)
    return [
        NumberTile(_("Projects"), formats.count(len(projects))),
        NumberTile(_("Finished"), formats.count(finished)),
        NumberTile(_("With a late milestone"), formats.count(late)),
        NumberTile(_("Floor area that is meant"), formats.count(area), pgettext("unit", "m²")),
        _money(
            _("Means needed"), needed,
            note=_("raised: %(raised)s") % {"raised": formats.money(_raised(projects))},
        ),
    ]  # fmt: skip


def _raised(projects: Sequence[Any]) -> Decimal:
    return sum((money.raised(one)[0] for one in projects), Decimal(0))


def means(one: Project) -> list[NumberTile]:
    """Means of one project: needed, raised, and how much of it is social."""
    whole, private = money.raised(one)
    share = formats.share(float(whole / one.needed), places=0) if one.needed else ""
    return [
        _money(_("Means needed"), one.needed),
        _money(_("Means raised"), whole, note=share),
        _money(_("of it social means"), private),
    ]


def _money(label: str, yuan: Decimal, note: str = "") -> NumberTile:
    """In units of ten thousand yuan, as budgets are told; millions do not fit on a telephone."""
    many = yuan / 10_000
    places = 0 if many == many.to_integral_value() else 1
    return NumberTile(label, formats.decimal(many, places), pgettext("unit", "×10,000 yuan"), note)


def steps(milestones: Iterable[Milestone], today: date) -> list[Step]:
    """The bar of milestones in the order of their days; none where it could not be read."""
    rows = list(milestones)
    if len(rows) > MOST_STEPS:
        return []
    first = next((one for one in rows if one.done_on is None), None)
    return [Step(one.title, _state(one, first, today), _when(one)) for one in rows]


def _state(one: Milestone, first: Milestone | None, today: date) -> str:
    if one.done_on is not None:
        return "done"
    if one.due < today:
        return "stopped"
    return "now" if one is first else "todo"


def _when(one: Milestone) -> str:
    day = one.done_on or one.due
    return f"{day:%Y-%m-%d}"


def picture(
    plan: FacilityPlan, projects: Sequence[Project], now: datetime
) -> tuple[Map | None, str]:
    """Where the projects lie, by district, with a dot for each whose place is known."""
    dots = [
        Dot(one.name, one.lon, one.lat, reverse("project", args=[one.pk]))
        for one in projects
        if one.lon is not None and one.lat is not None
    ]
    return maps.by_district(
        [one.path for one in projects], now, unit=pgettext("unit", "projects"),
        href=lambda path: f"{reverse('venues')}?district={path}", dots=dots, selected=plan.path,
    )  # fmt: skip
