"""A blind call in the middle of its review, whatever hangs on it or lies beside it, and who comes there.

Every record that an address can name has its real number here, so that a refusal is one of this person and
not of a thing that is not there.
"""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace
from typing import Any

from kepu.appraisal import actions
from kepu.appraisal.actions import contributions, discussions, fees, undertakings
from kepu.appraisal.actions import programmes as drafts
from kepu.appraisal.actions.undertakings import Terms
from kepu.appraisal.models import Panels, Seat
from kepu.appraisal.states import PanelsState
from kepu.kernel.accounts.models import OrganisationKind, Personal, User
from kepu.kernel.facts import worker
from kepu.people.actions import experts as people
from kepu.people.actions import experts_records as records
from kepu.venues.models import DayCount
from tests.architecture import world as house
from tests.factories import NOW, division, officer, organisation, user
from tests.kepu.appraisal import ballot_world as ballots
from tests.kepu.appraisal import factories, paper_world
from tests.kepu.appraisal import inspection_world as inspections
from tests.kepu.appraisal import meeting_world as meetings
from tests.kepu.appraisal import review_world as world
from tests.kepu.appraisal.test_review_files import _information, document, pdf

TARGETS = {"open_days": 2, "visits": 500, "services": 1, "activities": 0}
UNIT, RIVAL, TALKED, HEARD = "甲秘馆示例", "乙秘馆示例", "丙秘馆示例", "丁秘馆示例"
PERSON, LEADER, PHONE, FILE = "申报人秘名示例", "负责人秘名示例", "13800007788", "泄密文件名"
REVIEWER, PEER = "评审秘名示例", "同审秘名示例"


def build() -> SimpleNamespace:
    """All of it at the moment the factories call now; nobody has signed in yet."""
    division("50.103.", "示例区")
    of = world.call()
    experts = [world.expert(REVIEWER, most=20), world.expert(PEER, most=20)]
    bound = world.expert("回避示例", path=world.HERE)
    row, files = _application(of)
    mine, theirs = (world.at_work(row, one) for one in experts)
    other = world.checked(of, RIVAL, world.AWAY)
    world.at_work(other, bound)
    people_ = {
        "applicant": row.made_by, "rival": other.made_by, "reviewer": experts[0].person,
        "conflicted": bound.person, "secretary": factories.secretary(),
        "district": factories.district(), "public": None,
    }  # fmt: skip
    values = _reviews(of, row, theirs, files) | _talked(of, experts, people_["secretary"])
    values |= house._venues() | house._titles() | house._standard(house.standards.proposer())
    values |= _heard(experts) | _inspected() | _voted(experts) | _shared(row)
    values |= _expert(experts[1])
    values |= {"review_id": mine.pk, "venue_id": row.venue_id, "raised_id": _objection()}
    values["organisation_id"] = row.organisation_id
    worker.work_off(NOW)
    row.refresh_from_db()
    secrets = (
        UNIT, RIVAL, TALKED, HEARD, PERSON, LEADER, PHONE, FILE, row.organisation.credit_code,
    )  # fmt: skip
    return SimpleNamespace(
        people=people_, values=values, secrets=secrets, codes=(row.code,), files=files
    )


def _application(of: Any) -> tuple[Any, list[Any]]:
    """Handed in and checked, with files whose inside and names tell who it is."""
    made = world.application(of, UNIT, leader=LEADER, about=f"{UNIT}临江而建，电话{PHONE}")
    by: User = made.made_by
    by.keep(Personal(name=PERSON, phone=f"+86{PHONE}", born=by.personal.born))
    by.save()
    files = [
        actions.evidence.add(made.pk, key, io.BytesIO(raw), f"{FILE}.x", by=by, now=NOW)
        for key, raw in (
            ("rules", pdf(_information)),
            ("rules", document(f"<w:p><w:r><w:t>{UNIT}章程</w:t></w:r></w:p>")),
            ("licence", pdf()),
        )
    ]
    world.hand_in(made)
    return factories.again(made), files


def _reviews(of: Any, row: Any, theirs: Any, files: list[Any]) -> dict[str, Any]:
    """A proposal of reviewers, and what a reviewer sent on paper."""
    panels = Panels.objects.create(
        call=of, state=PanelsState.PROPOSED, made_by=factories.secretary(), made_at=NOW
    )
    Seat.objects.create(panels=panels, application=row, expert=theirs.expert, reason="理由示例")
    sheet = world.asked(world.checked(of, "戊秘馆示例", world.AWAY), world.expert("纸评示例"))
    return {
        "application_id": row.pk, "call_id": of.pk, "panels_id": panels.pk,
        "paper_id": paper_world.opened(sheet).pk, "evidence_id": files[0].pk,
        "file_id": files[0].file_id, "criterion": "safety",
    }  # fmt: skip


def _talked(of: Any, experts: list[Any], by: User) -> dict[str, Any]:
    """Another application of the call: reviewed by the same two, talked over, weighed, and paid for."""
    made = world.checked(of, TALKED, world.AWAY)
    for one, points in zip(experts, (3800, 800), strict=True):
        world.done(made, one, education=points)
    asked = actions.judging.ask_to_weigh(of.pk, by=by, now=NOW)
    world.weighed(asked)
    talk = discussions.open_discussion(made.pk, reason="相差较大", by=by, now=NOW)
    paid = fees.build(of.pk, date(2026, 3, 1), by=by, now=NOW)
    return {
        "discussion_id": talk.pk, "weighing_id": asked.pk, "judgement": 1, "list_id": paid.pk,
        "fee_line_id": paid.lines.earliest("pk").pk,
    }  # fmt: skip


def _heard(experts: list[Any]) -> dict[str, Any]:
    """A panel of the two and a third is in the vote about an application of another blind call."""
    of = meetings.call("heard")
    who = [*experts, world.expert("评委示例", most=20)]
    meeting = meetings.under_way(of, [meetings.reviewed(of, HEARD)], who)
    return {"meeting_id": meeting.pk, "item_id": meetings.voting(meeting).pk}


def _inspected() -> dict[str, Any]:
    made = inspections.ordered(inspections.checked(name="己馆示例"))
    seat = made.inspectors.select_related("person").earliest("pk")
    inspections.photograph(made, seat.person)
    return {"inspection_id": made.pk, "photo_id": seat.photos.get().pk}


def _voted(experts: list[Any]) -> dict[str, Any]:
    """A jury votes on persons, who are named to it: nothing of this is blind."""
    of = ballots.call(code="voted")
    ballots.candidates(of, 3000, 2000)
    return {"ballot_id": ballots.opened(of, [*experts, world.expert("评委二示例")]).pk}


def _objection() -> int:
    """Raised against an application in public notice."""
    one = factories.application("noticed", of=factories.call(code="noticed"))
    raised = actions.deciding.object_to(one.pk, text="异议示例", by=user("异议人示例"), now=NOW)
    return int(raised.pk)


def _shared(row: Any) -> dict[str, Any]:
    """What the unit undertakes, a statement of its contributions, and a draft of a programme."""
    towards = organisation("示例协会", world.HERE, kind=OrganisationKind.ASSOCIATION)
    terms = Terms(
        kind="co_built", title="示例共建", reviewer=towards, since=date(2026, 1, 1),
        until=date(2028, 12, 31), targets=TARGETS, said="每年面向学校开放",
    )  # fmt: skip
    duty = undertakings.propose(row.organisation, terms, by=row.made_by, now=NOW)
    DayCount.objects.create(
        venue=row.venue, day=date(2026, 3, 1), visits=9, counted_by=row.made_by, at=NOW
    )
    asked = contributions.ask(
        unit=row.organisation, place=division(world.HERE), since=date(2026, 1, 1),
        until=date(2026, 3, 4), purpose="示例", by=row.made_by, now=NOW,
    )  # fmt: skip
    draft = drafts.begin("base", by=officer("city_officer", "50."), now=NOW)
    return {"statement_id": asked.pk, "draft_id": draft.pk, "undertaking_id": duty.pk}


def _expert(who: Any) -> dict[str, Any]:
    """What an expert tells in confidence."""
    bond = people.declare_conflict(
        who.pk, reason="", kind="kin", named="亲属秘示例", by=who.person, now=NOW
    )
    work = records.state_work(
        who.pk, kind="book", title="示例书", year=2024, coauthors=[], authors=[], by=who.person,
        now=NOW,
    )  # fmt: skip
    return {"expert_id": who.pk, "conflict_id": bond.pk, "row_id": work.pk, "part": "work"}
