"""Calls, applications and their notice in the town, each in the state that its page is about."""

from __future__ import annotations

from kepu.appraisal import actions
from tests import factories
from tests.journeys.sight import Sight, Town
from tests.kepu.appraisal import factories as appraisal
from tests.kepu.venues import factories as venues


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


SIGHTS = (
    Sight("programmes"),
    Sight("programmes", "city"),
    Sight("programme-new", "city"),
    Sight("programme-draft", "city", {"draft_id": "programme_draft"}),
    Sight("programme-draft", "secretary", {"draft_id": "broken_draft"}),
    Sight("programme-section", "city", {"draft_id": "programme_draft", "key": "rubric"}),
    Sight("programme-section", "city", {"draft_id": "broken_draft", "key": "form"}),
    Sight("programme-section", "city", {"draft_id": "broken_draft", "key": "levels"}),
    Sight("programme-section", "city", {"draft_id": "programme_draft", "key": "about"}),
    Sight("programme-section", "city", {"draft_id": "programme_draft", "key": "panel"}),
    Sight(
        "programme-row", "city", {"draft_id": "programme_draft", "key": "eligibility", "at": "3"}
    ),
    Sight("programme-row", "city", {"draft_id": "programme_draft", "key": "form", "at": "3"}),
    Sight("programme-row-new", "city", {"draft_id": "programme_draft", "key": "rubric"}),
    Sight("programme-preview", "city", {"draft_id": "programme_draft"}),
    Sight("programme-preview", "city", {"draft_id": "broken_draft"}),
    Sight("programme-try", "city", {"draft_id": "programme_draft"}, query={"call": "samples"}),
    Sight("programme-try", "city", {"draft_id": "broken_draft"}),
    Sight("programme-issue", "city", {"draft_id": "programme_draft"}),
    Sight("appraisal-calls"),
    Sight("appraisal-call", at={"call_id": "open_call"}),
    Sight("appraisal-call", "secretary", {"call_id": "draft_call"}),
    Sight("appraisal-call", "secretary", {"call_id": "noticed_call"}),
    Sight("appraisal-call-desk", "secretary"),
    Sight("appraisal-call-new", "secretary"),
    Sight("appraisal-apply", "venue_manager", {"call_id": "open_call"}),
    Sight("appraisal-apply", "resident", {"call_id": "open_call"}),
    Sight("appraisal-notice", at={"call_id": "noticed_call"}),
    Sight("appraisal-notice", at={"call_id": "open_call"}),
    Sight(
        "appraisal-notice-object", "resident", {"call_id": "noticed_call", "code": "noticed_code"}
    ),
    Sight("appraisal-objection", "secretary", {"objection_id": "objection"}),
    Sight("applications", "venue_manager"),
    Sight("applications", "resident"),
    Sight("application-desk", "secretary"),
    Sight("application-desk", "district", query={"q": "没有"}),
    Sight("application", "venue_manager", {"application_id": "application_draft"}),
    Sight("application", "district", {"application_id": "application_submitted"}),
    Sight("application", "secretary", {"application_id": "application_recommended"}),
    Sight("application", "secretary", {"application_id": "application_objected"}),
    Sight("application-edit", "venue_manager", {"application_id": "application_draft"}),
    Sight("application-withdraw", "venue_manager", {"application_id": "application_submitted"}),
    Sight("application-recommend", "district", {"application_id": "application_submitted"}),
    Sight("application-send-back", "district", {"application_id": "application_submitted"}),
    Sight("application-propose", "secretary", {"application_id": "application_reviewed"}),
    Sight("application-name", "city", {"application_id": "application_noticed"}),
    Sight("application-refuse", "city", {"application_id": "application_recommended"}),
)
