"""Calls, applications and their notice in the town, each in the state that its page is about."""

from __future__ import annotations

from datetime import date

from kepu.appraisal import actions
from kepu.appraisal.models import Application, Call, Evidence, Meeting, Paper, Review
from kepu.kernel.accounts.models import User
from kepu.kernel.files.models import StoredFile
from kepu.people.models import Expert
from tests import factories
from tests.journeys.sight import Sight, Town
from tests.kepu.appraisal import factories as appraisal
from tests.kepu.appraisal import meeting_world as room
from tests.kepu.appraisal import paper_world as paper
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
    _meetings(town)


def _meetings(town: Town) -> None:
    """Meetings of a panel: planned, to be joined, in the middle of a vote, to be signed, closed."""
    of = room.call(code="panelled")
    who = room.judges(4)
    one = [room.reviewed(of, f"{n}示例馆") for n in ("东", "西", "南", "北", "中")]
    town.values["panel_call"], town.values["panel_planned"] = (
        of.pk,
        room.planned(of, one[:1], who).pk,
    )
    voting = room.under_way(of, one[1:3], who)
    room.votes(room.voting(voting), who[0])
    signing = room.under_way(of, one[3:4], who)
    _decided(signing, who)
    town.values["panel_closed"] = room.held(of, one[4], who, ("for",) * 4).pk
    town.values |= {"panel_voting": voting.pk, "panel_signing": signing.pk}
    town.people["panel_member"], town.people["panel_voter"] = who[1].person, who[0].person
    outside = room.opened(room.planned(of, [room.reviewed(of, "上示例馆")], who))
    room.reviewed(of, "后示例馆")  # waits for a panel
    pledging = room.opened(room.planned(of, [room.reviewed(of, "下示例馆")], who))
    seat = room.seat(pledging, who[1])
    actions.attending.join(seat.pk, code=pledging.code, by=who[1].person, now=room.DURING)
    town.values |= {"panel_outside": outside.pk, "panel_pledging": pledging.pk}


def _decided(meeting: Meeting, who: list[Expert]) -> None:
    item = room.voting(meeting)
    for expert in who:
        room.votes(item, expert)
    room.counted(item)


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
    being_weighed = actions.judging.ask_to_weigh(
        made.pk, by=town.people["secretary"], now=factories.NOW
    )
    town.people["judge"], town.people["judge_at_work"] = judges[0].person, judges[1].person
    row, drawn = _paper(waiting), _drawn()
    _on_paper(town, world.checked(made, "庚馆示例"))
    _talked_over(town, second, judges[0])
    _fees(town, made, judges[2])
    talked_over = world.done(world.checked(made, "丁馆示例"), judges[2])
    town.values |= {
        "reviewed_call": made.pk, "review_asked": asked.pk, "review_at_work": at_work.pk,
        "review_done": talked_over.pk, "drawn_call": drawn, "application_in_review": waiting.pk,
        "panels": panels.pk, "weighing": being_weighed.pk, "shown_paper": row.pk,
        "application_talkable": first.pk,
    }  # fmt: skip


def _on_paper(town: Town, waiting: Application) -> None:
    """A sheet to be keyed, one that two read differently, and a discussion of scores."""
    by, other = town.people["secretary"], paper.second()
    town.people["keyer"] = other
    first, second = (world.asked(waiting, world.expert(f"纸评示例{n}")) for n in range(2))
    town.values["review_unsent"] = second.pk
    sheet = _sheet(first, by)
    row = world.checked(waiting.call, "戊馆示例")
    apart = _sheet(world.asked(row, world.expert("纸评示例3")), by, "纸评2号")
    paper.keyed(apart, by)
    paper.keyed(apart, other, points={"safety": 1600})
    town.values |= {"paper": sheet.pk, "paper_apart": apart.pk}


def _sheet(review: Review, by: User, reference: str = "纸评1号") -> Paper:
    """As if it had been taken in with its scan."""
    file = StoredFile.objects.create(
        owner=by, purpose="appraisal.paper", sealed_name=b"", kind="png", sha256="0" * 64,
        size=12, path="50.", created_at=factories.NOW,
    )  # fmt: skip
    return Paper.objects.create(
        review=review, signed_on=paper.SIGNED, reference=reference, scan=file, opened_by=by,
        opened_at=factories.NOW,
    )  # fmt: skip


def _talked_over(town: Town, of: Application, judge: Expert) -> None:
    """A discussion in which somebody spoke and changed points."""
    by, now = town.people["secretary"], factories.NOW
    talk = actions.discussions.open_discussion(of.pk, reason="教育活动相差较大", by=by, now=now)
    actions.discussions.say(talk.pk, text="附件二有全年活动记录", by=judge.person, now=now)
    actions.discussions.change_score(
        talk.pk, "education", hundredths=2900, reason="已看附件二", by=judge.person, now=now
    )
    town.values["discussion"] = talk.pk


def _fees(town: Town, of: Call, judge: Expert) -> None:
    """A list that is signed, and a draft with a correction."""
    by, now, month = town.people["secretary"], factories.NOW, date(2026, 3, 1)
    signed = actions.fees.build(of.pk, month, by=by, now=now)
    actions.fees.sign(
        signed.pk,
        seen=signed.version,
        reference="示例财〔2026〕1号",
        by=town.people["city"],
        now=now,
    )
    world.done(world.checked(of, "己馆示例"), judge)
    draft = actions.fees.build(of.pk, month, by=by, now=now)
    actions.fees.add_line(
        draft.pk, expert_id=judge.pk, kind="correction", fen=380000, about="上月少发一次现场考察",
        seen=draft.version, by=by, now=now,
    )  # fmt: skip
    town.values |= {"fee_list": signed.pk, "fee_draft": draft.pk}


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
    Sight("appraisal-weighing", "secretary", {"weighing_id": "weighing"}),
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
    Sight("appraisal-fees", "secretary", {"call_id": "reviewed_call"}),
    Sight("appraisal-fees", "city", {"call_id": "open_call"}),
    Sight("appraisal-fee-list", "secretary", {"list_id": "fee_draft"}),
    Sight("appraisal-fee-list", "city", {"list_id": "fee_list"}),
    Sight("appraisal-fee-add", "secretary", {"list_id": "fee_draft"}),
    Sight("appraisal-fee-sign", "city", {"list_id": "fee_draft"}),
    Sight("appraisal-fee-pay", "city", {"list_id": "fee_list"}),
    Sight("appraisal-fee-take-back", "city", {"list_id": "fee_list"}),
    Sight("my-fees", "judge"),
    Sight("my-fees", "resident"),
    Sight("appraisal-papers", "secretary", {"call_id": "reviewed_call"}),
    Sight("appraisal-paper-new", "secretary", {"review_id": "review_unsent"}),
    Sight("appraisal-paper", "keyer", {"paper_id": "paper"}),
    Sight("appraisal-paper", "keyer", {"paper_id": "paper_apart"}),
    Sight("appraisal-paper-drop", "secretary", {"paper_id": "paper"}),
    Sight("appraisal-discussion", "judge", {"discussion_id": "discussion"}),
    Sight("appraisal-discussion", "secretary", {"discussion_id": "discussion"}),
    Sight(
        "appraisal-discussion-score",
        "judge",
        {"discussion_id": "discussion", "criterion": "education"},
    ),
    Sight("appraisal-discussion-open", "secretary", {"application_id": "application_talkable"}),
    Sight("appraisal-call", "secretary", {"call_id": "panel_call"}),
    Sight("meeting-new", "secretary", {"call_id": "panel_call"}),
    Sight("meeting", "secretary", {"meeting_id": "panel_planned"}),
    Sight("meeting", "secretary", {"meeting_id": "panel_voting"}),
    Sight("meeting", "secretary", {"meeting_id": "panel_closed"}, query={"again": "1"}),
    Sight("meeting-invite", "secretary", {"meeting_id": "panel_planned"}),
    Sight("meeting-cancel", "secretary", {"meeting_id": "panel_planned"}),
    Sight("meeting-move", "secretary", {"meeting_id": "panel_planned"}),
    Sight("meeting-projection", "secretary", {"meeting_id": "panel_voting"}),
    Sight("meeting-projection", "secretary", {"meeting_id": "panel_signing"}),
    Sight("appraisal-reviews", "panel_member"),
    Sight("meeting-join", "panel_member"),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_planned"}),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_outside"}),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_pledging"}),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_voting"}),
    Sight("meeting-seat", "panel_voter", {"meeting_id": "panel_voting"}),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_signing"}),
    Sight("meeting-seat", "panel_member", {"meeting_id": "panel_closed"}),
)
