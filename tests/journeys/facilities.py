"""Facilities to come in the town, free opening, service points and incentives; and their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kepu.venues import actions as venue_actions
from kepu.venues.models import Venue
from tests import factories
from tests.journeys.sight import Sight
from tests.kepu.venues import factories as venues

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from tests.journeys.town import Town

DAY = timedelta(days=1)


def keep(town: Town, by: User) -> None:
    """A published plan with a project under way that is late, a gift, and a draft."""
    plan, draft = venues.facility_plan(), venues.facility_plan(title="草稿规划", published=False)
    one = venues.works(plan, "building")
    venue_actions.report_progress(
        one.pk, words="主体封顶（示例）", share=60, by=by, now=factories.NOW
    )
    Venue.objects.filter(pk=town.values["venue_old"]).update(host="park", sector="science")
    venues.open_days(Venue.objects.get(pk=town.values["venue_old"]), 260, factories.NOW.year - 1)
    paid = venues.subsidy(Venue.objects.get(pk=town.values["venue_old"]))
    town.values |= {
        "subsidy": paid.pk, "point": venues.service_point(by=by).pk,
        "incentive": venues.incentive().pk,
        "facility_plan": plan.pk, "facility_draft": draft.pk, "works": one.pk,
        "milestone": venues.milestone(one, factories.NOW.date() - 9 * DAY).pk,
        "gift": venues.gift(one).pk,
    }  # fmt: skip


SIGHTS = (
    Sight("facility-plans"),
    Sight("facility-plans", "district"),
    Sight("facility-plan-new", "district"),
    Sight("facility-plan", at={"facility_plan_id": "facility_plan"}),
    Sight("facility-plan", "district", {"facility_plan_id": "facility_draft"}),
    Sight("facility-plan-edit", "district", {"facility_plan_id": "facility_draft"}),
    Sight("project-new", "district", {"facility_plan_id": "facility_plan"}),
    Sight("project", at={"project_id": "works"}),
    Sight("project", "district", {"project_id": "works"}),
    Sight("project", "venue_manager", {"project_id": "works"}),
    Sight("project-change", "district", {"project_id": "works"}),
    Sight("project-report", "venue_manager", {"project_id": "works"}),
    Sight("project-step", "district", {"project_id": "works", "verb": "stop"}),
    Sight("project-means", "venue_manager", {"project_id": "works"}),
    Sight("milestone-new", "district", {"project_id": "works"}),
    Sight("milestone-reach", "venue_manager", {"milestone_id": "milestone"}),
    Sight("venue-means", "venue_manager", {"venue_id": "venue"}),
    Sight("contribution-correct", "venue_manager", {"contribution_id": "gift"}),
    Sight("free-opening", "district"),
    Sight("venue-free-opening", "district", {"venue_id": "venue_old"}),
    Sight("venue-free-opening", "venue_manager", {"venue_id": "venue"}),
    Sight("subsidy-new", "district", {"venue_id": "venue_old"}),
    Sight("subsidy-correct", "district", {"line_id": "subsidy"}),
    Sight("service-points"),
    Sight("service-points", "venue_manager"),
    Sight("service-point-new", "venue_manager"),
    Sight("service-point-change", "venue_manager", {"point_id": "point"}),
    Sight("service-point-look", "venue_manager", {"point_id": "point"}),
    Sight("incentives"),
    Sight("incentives", "district"),
    Sight("incentive-new", "district"),
    Sight("incentive-change", "district", {"incentive_id": "incentive"}),
    Sight("venue-reach"),
    Sight("venue-reach", query={"district": "50.103.", "kind": "museum"}),
)
