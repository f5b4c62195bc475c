"""Campaigns such as Wisdom Action 智慧行动: what they count, and how far they have come."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.kernel import clock
from kepu.kernel.crosswalk import maps
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.actions import campaigns as actions
from kepu.people.models import Campaign
from kepu.people.office_forms import CampaignForm
from kepu.people.queries import campaigns as queries
from kepu.people.queries.campaigns import Tally
from kepu.people.registers import CAMPAIGNS
from kepu.people.views.shapes import form_page, office_of, person_of, reach_of
from kepu.ui import formats, toasts
from kepu.ui.cards import NumberTile

BEST = 20
MOST_MAPPED = 20_000


def listed(request: HttpRequest) -> HttpResponse:
    """Campaigns, the newest first."""
    today = clock.day(clock.now())
    form, _asked, found, bar = read(request, CAMPAIGNS)
    rows, pager = one_page(request, found)
    context = {
        "form": form,
        "bar": bar,
        "rows": [(one, _title(one), one.first <= today <= one.last) for one in rows],
        "pager": pager,
        "may_open": bool(reach_of(request, Verb.CAMPAIGN_RUN).paths),
    }
    return render(request, "people/campaigns.html", context)


def _title(campaign: Campaign) -> str:
    rules = policy.counting(campaign.counting, campaign.rules_version)
    return rules.title if rules else campaign.counting


def show(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: its rule in words, what counts so far, where, and by which teams."""
    campaign, now = queries.campaign(campaign_id), clock.now()
    tally = queries.count(campaign)
    paths = queries.counted(campaign).values_list("path", flat=True)[:MOST_MAPPED]
    drawn, note = maps.by_district(
        paths,
        now,
        unit=pgettext("unit", "services"),
        href=lambda path: f"{reverse('teams')}?district={path}",
    )
    context = {
        "campaign": campaign,
        "rules": policy.counting(campaign.counting, campaign.rules_version),
        "tally": tally,
        "tiles": _tiles(tally),
        "teams": queries.best_teams(campaign)[:BEST],
        "map": drawn,
        "note": note,
        "today": clock.day(now),
    }
    return render(request, "people/campaign.html", context)


def _tiles(tally: Tally) -> list[NumberTile]:
    return [
        NumberTile(_("Services"), f"{tally.services:,}", pgettext("unit", "services")),
        NumberTile(_("People who served"), f"{tally.people:,}", pgettext("unit", "people")),
        NumberTile(_("Teams"), f"{tally.teams:,}", pgettext("unit", "teams")),
        NumberTile(_("Service hours"), formats.hours(tally.minutes)),
    ]


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Open a campaign."""
    office_of(request, Verb.CAMPAIGN_RUN, _("only an officer of this place may do this"))
    now = clock.now()

    def act(data: dict[str, Any]) -> HttpResponse:
        campaign = actions.open_campaign(by=person_of(request), now=now, **data)
        toasts.say(request, _("The campaign is open. What counts is fixed by today's rulebook."))
        return redirect("campaign", campaign.pk)

    choices = [(key, rules.title) for key, rules in policy.countings(now)]
    form = CampaignForm(request.POST or None, counting=choices)
    return form_page(
        request, form, act, title=_("Open a campaign"), back=reverse("campaigns"),
        submit=_("Open the campaign"),
    )  # fmt: skip
