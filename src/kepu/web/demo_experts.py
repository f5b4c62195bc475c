"""The demo city's experts: what they tell of themselves, and somebody who applies."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from kepu.people import queries as people
from kepu.people.actions import experts, experts_records, joining

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.people.models import Expert

YEAR = 2024


class Kept(TypedDict):
    """Whose hand and when."""

    by: User
    now: datetime


def record(expert: Expert, rank: str, *, now: datetime) -> None:
    """A title, a work with a co-author, and languages."""
    kept: Kept = {"by": expert.person, "now": now}
    level = "associate" if rank.startswith("高级") else "senior"
    experts_records.state_title(
        expert.pk, name=rank, track="other", level=level, since=date(2016, 12, 1),
        body="示例市人力资源和社会保障局", **kept,
    )  # fmt: skip
    experts_records.state_work(
        expert.pk, kind="book", title="身边的科学（示例）", year=YEAR, coauthors=[], authors=["钱示例"],
        **kept,
    )  # fmt: skip
    experts_records.update_expertise(
        expert.pk, fields=list(expert.fields.all()), languages=["zh", "en"], **kept
    )


def application(person: User, *, now: datetime) -> None:
    """Handed in today: an officer of the district answers."""
    assert person.home is not None  # noqa: S101 (everybody of the demo city lives somewhere)
    made = joining.draft(
        home=person.home, fields=list(people.fields()[:1]), languages=["zh"],
        about="愿意参加科普展教项目的评审（示例）。", by=person, now=now,
    )  # fmt: skip
    experts.state_employment(
        made.pk, named="示例中学", post="高级教师", first=date(2012, 9, 1), by=person, now=now
    )
    joining.apply(made.pk, consent=True, by=person, now=now)
