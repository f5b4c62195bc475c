"""Means for facilities: who enters them, who reads names and receipts, and how much came together."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.files.kinds import DOCUMENTS, IMAGES
from kepu.kernel.files.models import StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.venues import facilities, rules
from kepu.venues.models import Contribution, Project, Venue
from kepu.venues.states import PRIVATE, STANDING, FacilityPlanState

RECEIPT = "venues.receipt"
LARGEST = 8 * 1024 * 1024


def why_not_enter(by: User | None, of: Venue | Project, now: datetime) -> str | None:
    """Who manages the venue, or whose unit builds the project; or an officer of the place."""
    if isinstance(of, Project):
        return facilities.why_not_report_as(by, of, now)
    if rules.why_not_keep(by, of.organisation, now) is None:
        return None
    return rules.why_not_officer(by, of, now)


def why_not_give(of: Venue | Project, received_on: date, now: datetime) -> str | None:
    """To what stands or is planned in public, on a day that has come."""
    if isinstance(of, Project) and of.plan.state != FacilityPlanState.PUBLISHED:
        return _("means are entered once the plan is published")
    if isinstance(of, Venue) and of.state not in STANDING:
        return _("means are entered for a registered venue")
    if received_on > clock.day(now):
        return _("this day has not begun yet")
    return None


def why_not_correct(one: Contribution, amount: Decimal, why: str) -> str | None:
    """A correction says why, is of a first entry, and takes away no more than is there."""
    if one.corrects_id is not None:
        return _("a correction is not corrected itself; correct the first entry once more")
    if not why.strip():
        return _("please give a reason")
    if amount == 0:
        return _("a correction changes the amount")
    if standing(one) + amount < 0:
        return _("no more is taken back than was entered")
    return None


def standing(one: Contribution) -> Decimal:
    """What an entry comes to with its corrections. One query."""
    put_right = one.corrections.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    return one.amount + put_right


def of_project(project: Project) -> QuerySet[Contribution]:
    """The newest first. One query."""
    return project.contributions.select_related("corrects")


def of_venue(venue: Venue) -> QuerySet[Contribution]:
    """The newest first. One query."""
    return venue.contributions.select_related("corrects")


def raised(project: Project) -> tuple[Decimal, Decimal]:
    """What came together for a project in all, and from whom is no public budget. Two queries."""
    rows = project.contributions.order_by()
    whole = rows.aggregate(all=Sum("amount"))["all"] or Decimal(0)
    private = rows.filter(form__in=PRIVATE).aggregate(all=Sum("amount"))["all"] or Decimal(0)
    return whole, private


def giver_said(one: Contribution, person: User | None, now: datetime) -> str:
    """The giver's name, or that the giver asked not to be named, for who need not know it."""
    if not one.unnamed or why_not_enter(person, _target(one), now) is None:
        return one.giver
    return _("a giver who asked not to be named")


def in_reach(person: User | None, now: datetime) -> QuerySet[Contribution]:
    """What was entered in the officer's places. Two queries."""
    reach = roles.reach(person, Verb.VENUE_JUDGE, now)
    found = reach.limit("venue__path") | reach.limit("project__path")
    return Contribution.objects.filter(found).select_related("venue", "project")


def _target(one: Contribution) -> Venue | Project:
    target = one.venue or one.project
    assert target is not None  # noqa: S101 (the database's promise)
    return target


def _of_file(file: StoredFile) -> Contribution | None:
    rows = Contribution.objects.select_related("venue__organisation", "project__organisation")
    return rows.filter(receipt=file).first()


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    found = _of_file(file)
    if found is None:
        return _("this file is not there any more")
    return why_not_enter(person, _target(found), now)


PURPOSE = Purpose(
    RECEIPT, lazy("receipt of a contribution"), IMAGES | DOCUMENTS, LARGEST, _why_not_read
)
