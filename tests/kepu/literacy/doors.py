"""A fieldwork under way, straight into the tables: addresses of one community, and who knocks there."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User
from kepu.literacy import addresses
from kepu.literacy.actions import interviewing
from kepu.literacy.bridge import interviewing as bridge
from kepu.literacy.heard import BACKGROUND
from kepu.literacy.models import (
    BookletItem,
    BookletSet,
    Case,
    Fieldwork,
    Item,
    Sample,
    SampledCommunity,
    Wording,
)
from kepu.literacy.queries import interviewing as queries
from tests.factories import NOW, division, field, officer, user

COMMUNITY = "50.103.001.001."
ITEMS = 3
_count = itertools.count(1)


def interviewer(path: str = COMMUNITY) -> User:
    division(path)
    return officer("interviewer", path, "访员示例")


def supervisor(path: str = "50.103.") -> User:
    division(path)
    return officer("field_supervisor", path, "督导示例")


def booklets(by: User) -> BookletSet:
    """One booklet of a few items, in Chinese, the first of them in English too."""
    city = division("50.")
    made = BookletSet(
        title="示例题本", booklets=1, items=ITEMS, most_common=0, state="adopted", rules_version=1,
        made_by=by, made_at=NOW, adopted_by=by, adopted_at=NOW,
    )  # fmt: skip
    made.place(city)
    made.save()
    for at in range(ITEMS):
        item = Item(
            code=f"D{next(_count):03}", dimension="knowledge", discipline=field(), use="survey",
            key=0, source="示例", state="approved", written_by=by, written_at=NOW,
        )  # fmt: skip
        item.place(city)
        item.save()
        stem = f"第 {at + 1} 题，下面哪一个是对的（示例）？"
        Wording.objects.create(
            item=item, language="zh-hans", stem=stem, options=["甲", "乙", "丙"], plain=stem
        )
        if at == 0:
            english = "Which of these is right (example)?"
            Wording.objects.create(
                item=item, language="en", stem=english, options=["one", "two", "three"],
                plain=english,
            )  # fmt: skip
        BookletItem.objects.create(of=made, number=1, position=at + 1, item=item)
    return made


def fieldwork(now: datetime = NOW, **traits: Any) -> Fieldwork:
    by, city = user("测评示例"), division("50.")
    sample = Sample(
        title="示例抽样", interviews=100, least=10, together=10, share=0.15, deff=1.5, response=0.7,
        seed=7, state="adopted", digest="1" * 64, frame_on=now.date(), made_by=by, made_at=now,
        adopted_by=by, adopted_at=now,
    )  # fmt: skip
    sample.place(city)
    sample.save()
    said: dict[str, Any] = {
        "title": "示例外业", "opens_on": now.date() - timedelta(days=10),
        "closes_on": now.date() + timedelta(days=20), "rules_version": 1, "seed": 7,
        "key": keys.new_wrapped_key(), "state": "open", "made_by": by, "made_at": now,
    }  # fmt: skip
    made = Fieldwork(sample=sample, booklets=booklets(by), **(said | traits))
    made.place(city)
    made.save()
    return made


def case(of: Fieldwork, to: User | None, number: int = 1, path: str = COMMUNITY) -> Case:
    """An address that was given to somebody."""
    community, _new = SampledCommunity.objects.get_or_create(
        sample=of.sample,
        division=division(path),
        defaults={
            "stratum": path[:7],
            "psu": path,
            "chance": 0.1,
            "interviews": 10,
            "approached": 15,
            "weight": 100,
        },
    )
    made = Case.objects.create(
        fieldwork=of, community=community, number=number, booklet=1, interviewer=to
    )
    made.address = addresses.seal(made, f"示例路 {number} 号")
    made.save(update_fields=["address"])
    return made


def answers(of: Case, letter: str = "A") -> dict[str, str]:
    return dict.fromkeys(queries.options_of(of), letter)


def told(of: Case, **traits: Any) -> dict[str, Any]:
    """A whole interview in a household of three, as a device tells it."""
    said = {
        "begun_at": (NOW - timedelta(minutes=30)).isoformat(),
        "ended_at": (NOW - timedelta(minutes=5)).isoformat(),
        "complete": True,
        "answers": answers(of),
        "background": {one.key: one.options[0][0] for one in BACKGROUND},
        "seconds": dict.fromkeys(queries.options_of(of), 12.5),
        "adults": 3,
        "chosen": bridge.chosen(of, 3),
    }
    return said | traits


def sent(of: Case, kind: str, data: dict[str, Any], **traits: Any) -> interviewing.Sent:
    said: dict[str, Any] = {
        "uuid": uuid4(), "kind": kind, "case_id": of.pk, "device_time": NOW - timedelta(minutes=1),
        "data": data,
    }  # fmt: skip
    return interviewing.Sent(**(said | traits))


def numbered(number: int) -> UUID:
    return UUID(int=number)
