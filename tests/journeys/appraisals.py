"""Calls, applications and their notice in the town, each in the state that its page is about."""

from __future__ import annotations

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Evidence
from kepu.kernel.accounts.models import User
from kepu.kernel.files.models import StoredFile
from tests import factories
from tests.journeys.sight import Sight, Town
from tests.kepu.appraisal import factories as appraisal
from tests.kepu.appraisal import review_world as world
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
    _reviewed(town)
    _refused(town, town.people["venue_manager"])


def _reviewed(town: Town) -> None:
    """A call in review: one expert asked, one at work, two done; what their scores come to."""
    made = appraisal.call(code="reviewed", **world.SAID | {"quota": {"total": 1}})
    first, second = world.checked(made, "甲馆示例"), world.checked(made, "乙馆示例")
    judges = [world.expert(f"评审示例{n}") for n in range(3)]
    for one, points in ((first, 1900), (second, 1500)):
        for judge in judges[:2]:
            world.done(one, judge, points, 3000)
    waiting = world.checked(made, "丙馆示例")
    panels = world.proposed(made)
    asked, at_work = world.asked(waiting, judges[0]), world.at_work(waiting, judges[1])
    actions.judging.weigh(made.pk, by=town.people["secretary"], now=factories.NOW)
    town.people["judge"], town.people["judge_at_work"] = judges[0].person, judges[1].person
    row, drawn = _paper(waiting), _drawn()
    talked_over = world.done(world.checked(made, "丁馆示例"), judges[2])
    town.values |= {
        "reviewed_call": made.pk, "review_asked": asked.pk, "review_at_work": at_work.pk,
        "review_done": talked_over.pk, "drawn_call": drawn, "application_in_review": waiting.pk,
        "panels": panels.pk, "shown_paper": row.pk,
    }  # fmt: skip


def _drawn() -> int:
    """A call whose reviewers are drawn by lot, with its sealed seed."""
    said = world.SAID | {"reviewing": world.REVIEWING | {"by_lot": True}}
    return appraisal.call(code="drawn", **said).pk


def _paper(of: Application) -> Evidence:
    """A file of an application, as if it had been added while it was written."""
    file = StoredFile.objects.create(
        owner=of.made_by, purpose="appraisal.evidence", sealed_name=b"", kind="csv", sha256="0" * 64,
        size=12, path=of.path, created_at=factories.NOW,
    )  # fmt: skip
    return Evidence.objects.create(
        application=of, key="rules", file=file, added_by=of.made_by, added_at=factories.NOW
    )


def _refused(town: Town, by: User) -> None:
    """A refusal that may be appealed against, and one that is."""
    house = venues.unit().venues.get(name="示例馆")
    for key in ("refused", "appealed"):
        one = appraisal.application("checked", of=appraisal.call(), by=by, house=house)
        actions.applications.refuse(
            one.pk, reason="材料不实", seen=one.version, by=appraisal.decider(), now=factories.NOW
        )
        town.values[f"application_{key}"] = one.pk
    raised = actions.deciding.appeal(one.pk, text="材料属实", by=by, now=factories.NOW)
    town.values["refusal_appeal"] = raised.pk


SIGHTS = (
    Sight("programmes"),
    Sight("programmes", "city"),
    Sight("programme", at={"code": "base"}),
    Sight("programme", "city", {"code": "base"}, query={"klass": "media"}),
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
    Sight("application", "venue_manager", {"application_id": "application_refused"}),
    Sight(
        "application-evidence",
        "venue_manager",
        {"application_id": "application_draft", "key": "rules"},
    ),
    Sight("application-appeal", "venue_manager", {"application_id": "application_refused"}),
    Sight("appraisal-appeal", "city", {"appeal_id": "refusal_appeal"}),
    Sight("appraisal-call", "secretary", {"call_id": "reviewed_call"}),
    Sight("appraisal-judgement", "secretary", {"call_id": "reviewed_call", "number": "1"}),
    Sight("appraisal-reviewers", "secretary", {"call_id": "reviewed_call"}),
    Sight("appraisal-panels", "secretary", {"panels_id": "panels"}),
    Sight("application-reviewers", "secretary", {"application_id": "application_in_review"}),
    Sight("appraisal-lot", at={"call_id": "drawn_call"}),
    Sight("evidence-hold", "secretary", {"evidence_id": "shown_paper"}),
    Sight("appraisal-reviews", "judge"),
    Sight("appraisal-review", "judge", {"review_id": "review_asked"}),
    Sight("appraisal-review", "judge_at_work", {"review_id": "review_at_work"}),
    Sight("appraisal-review-recuse", "judge", {"review_id": "review_asked"}),
    Sight("appraisal-review-replace", "secretary", {"review_id": "review_asked"}),
    Sight("appraisal-review-give-back", "secretary", {"review_id": "review_done"}),
)
