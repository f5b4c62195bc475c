"""What tests of fieldwork need: an adopted sample and booklets, doors, interviewers, interviews."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta
from typing import Any

from kepu.kernel.accounts.models import User
from kepu.literacy.actions import assigning
from kepu.literacy.actions import fieldwork as actions
from kepu.literacy.models import (
    Attempt,
    BookletItem,
    BookletSet,
    Case,
    FieldEvent,
    Fieldwork,
    Interview,
    Item,
    Sample,
    SampledCommunity,
)
from tests.factories import NOW, division, officer
from tests.kepu.literacy import factories

DAY = timedelta(days=1)
DISTRICTS = ("50.103.", "50.105.")
COMMUNITIES = tuple(f"{district}001.{n:03}." for district in DISTRICTS for n in (1, 2))
DOORS, ASKED = 6, 4  # approached and interviews of each community
PERSON = {"sex": "female", "age": "40-49", "residence": "urban", "education": "senior",
          "occupation": "none"}  # fmt: skip
_count = itertools.count()


def sample() -> Sample:
    """Two districts with two communities each, adopted."""
    made = factories.sample()
    names = {"50.103.": "渝中区", "50.105.": "江北区"}
    rows = [
        {"path": path, "name": names[path], "people": people, "communities": 2, "interviews": 8,
         "half_width": 0.1}
        for path, people in zip(DISTRICTS, (600_000, 150_000), strict=True)
    ]  # fmt: skip
    for path in COMMUNITIES:
        SampledCommunity.objects.create(
            sample=made, division=division(path), stratum=path[:7], psu=path, chance=0.1,
            interviews=ASKED, approached=DOORS, weight=1000.0,
        )  # fmt: skip
    made.summary = made.summary | {"districts": rows}
    made.state, made.adopted_by, made.adopted_at = "adopted", made.made_by, NOW
    made.save()
    return made


def booklets(number: int = 2, items: int = 20) -> BookletSet:
    """Adopted booklets that share a few items."""
    by = factories.keeper()
    held = Item.objects.filter(use="survey", state="approved").order_by("code")
    bank = division(factories.BANK) if held.count() >= items else factories.stock()
    made = BookletSet(
        title="示例题本", booklets=number, items=items, most_common=items, state="adopted",
        rules_version=1, made_by=by, made_at=NOW, adopted_by=by, adopted_at=NOW,
    )  # fmt: skip
    made.place(bank)
    made.save()
    for booklet in range(number):
        for position, item in enumerate(held[booklet : booklet + items - 1], start=1):
            BookletItem.objects.create(of=made, number=booklet + 1, position=position, item=item)
    return made


def plan(**traits: Any) -> actions.FieldPlan:
    said = {
        "title": "示例现场调查", "opens_on": NOW.date() - 10 * DAY, "closes_on": NOW.date() + 20 * DAY,
        "seed": 7,
    }  # fmt: skip
    said["sample"] = traits.pop("sample", None) or sample()
    said["booklets"] = traits.pop("booklets", None) or booklets()
    return actions.FieldPlan(**(said | traits))


def surveyor() -> User:
    division("50.")
    return officer("survey_officer", "50.", "测评示例")


def supervisor(path: str = DISTRICTS[0]) -> User:
    division(path)
    return officer("field_supervisor", path, "督导示例")


def interviewer(path: str = DISTRICTS[0], name: str = "访问示例") -> User:
    division(path)
    return officer("interviewer", path, name)


def fieldwork(state: str = "open", **traits: Any) -> Fieldwork:
    """Fieldwork brought to a state by the real actions."""
    by = surveyor()
    made = actions.plan_fieldwork(plan(**traits), by=by, now=NOW)
    if state == "dropped":
        return actions.drop_fieldwork(made.pk, by=by, now=NOW)
    if state in ("open", "closed"):
        actions.begin_fieldwork(made.pk, by=by, now=NOW)
    if state == "closed":
        actions.close_fieldwork(made.pk, by=by, now=NOW)
    return Fieldwork.objects.get(pk=made.pk)


def give(of: Fieldwork, path: str, to: User) -> list[Case]:
    """The doors of a community, in the hands of an interviewer."""
    one = of.sample.communities.get(division__path=path)
    assigning.hand_out(of.pk, communities=[one.pk], interviewer=to, by=of.made_by, now=NOW)
    return list(of.cases.filter(community=one).order_by("number"))


def attempt(case: Case, outcome: str, **traits: Any) -> Attempt:
    """A knock, straight into the tables."""
    by = case.interviewer or surveyor()
    made = Attempt.objects.create(
        event=event(case, "attempt", by),
        case=case,
        by=by,
        outcome=outcome,
        **({"at": NOW} | traits),
    )
    case.outcome, case.last_attempt_at = outcome, made.at
    case.attempts_made += 1
    case.save()
    return made


def event(case: Case, kind: str, by: User, **traits: Any) -> FieldEvent:
    said = {"device_time": NOW, "received_at": NOW, "taking": "done", "schema": 1}
    return FieldEvent.objects.create(
        uuid=uuid.uuid4(), case=case, by=by, kind=kind, **(said | traits)
    )


def interview(case: Case, letters: str = "", **traits: Any) -> Interview:
    """An interview as a device's would be taken; by default an honest one, every hour another."""
    at = next(_count)
    by = case.interviewer or surveyor()
    if not case.outcome:
        attempt(case, "1.1", adults=2, chosen=1, at=NOW)
    lines = list(case.fieldwork.booklets.lines.filter(number=case.booklet).select_related("item"))
    codes = [line.item.code for line in lines]
    said = letters or "".join(
        "ABC"[(place * 7 + at * (place + 1)) % 3] for place in range(len(codes))
    )
    begun = NOW - 9 * DAY + timedelta(hours=at % 200)
    usual = {
        "by": by, "begun_at": begun, "ended_at": begun + timedelta(minutes=20),
        "answers": dict(zip(codes, said, strict=False)), "background": PERSON,
        "seconds": dict.fromkeys(codes, 30.0),
    }  # fmt: skip
    return Interview.objects.create(
        event=event(case, "interview", by), case=case, **(usual | traits)
    )
