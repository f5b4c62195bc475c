"""Calls, applications and their notice in the town, each in the state that its page is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kepu.appraisal import actions
from tests import factories
from tests.kepu.appraisal import factories as appraisal
from tests.kepu.venues import factories as venues

if TYPE_CHECKING:
    from tests.journeys.town import Town


def keep(town: Town) -> None:
    """An open call with a draft, and others whose application waits here and there."""
    town.people["secretary"] = appraisal.secretary()
    _programmes(town)
    by = town.people["venue_manager"]
    open_call = appraisal.call()
    town.values["open_call"], town.values["draft_call"] = open_call.pk, appraisal.call("draft").pk
    house = venues.unit().venues.get(name="示例馆")
    for state in ("draft", "submitted", "recommended", "reviewed", "noticed"):
        of = open_call if state == "draft" else appraisal.call()
        one = appraisal.application(state, of=of, by=by, house=house)
        town.values[f"application_{state}"] = one.pk
        if state == "noticed":
            town.values["noticed_call"], town.values["noticed_code"] = one.call_id, one.code
    stopped = appraisal.application("noticed", of=appraisal.call(), by=by, house=house)
    raised = actions.deciding.object_to(
        stopped.pk, text="该馆去年停业半年", by=town.people["resident"], now=factories.NOW
    )
    town.values["application_objected"], town.values["objection"] = stopped.pk, raised.pk


def _programmes(town: Town) -> None:
    """A draft that can be issued, and one in which something is wrong."""
    city, now = town.people["city"], factories.NOW
    whole = actions.programmes.begin("base", by=city, now=now)
    town.values["programme_draft"] = whole.pk
    broken = actions.programmes.begin(
        "grant", code="youth_grant", title="青年科普创意", by=city, now=now
    )
    broken.rules["form"][0]["title"] = ""
    broken.rules["levels"] = []
    broken.save()
    town.values["broken_draft"] = broken.pk
