"""The demo city's kepu duties and statements: a base, a laboratory's proposal, a paper asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kepu.appraisal.actions import contributions, undertakings
from kepu.appraisal.actions.undertakings import Terms
from kepu.kernel import clock

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import Organisation, User

DAY = timedelta(days=1)
TARGETS = {"open_days": 250, "visits": 10000, "activities": 12}


def undertake(
    base: Organisation, *, keeper: User, reviewing: Organisation, reviewer: User, now: datetime
) -> None:
    """Of a base that is built together this year was handed in; duties of a laboratory are proposed."""
    year = clock.day(now - 2 * DAY).year
    terms = _terms("co_built", "科普重庆共建基地（示例）", reviewing, year)
    one = undertakings.propose(base, terms, by=keeper, now=now - 9 * DAY)
    undertakings.agree(
        one.pk, seen=one.version, reference=f"示例共建协议〔{year}〕1号", by=reviewer,
        now=now - 8 * DAY,
    )  # fmt: skip
    undertakings.hand_in_year(
        one.pk,
        year=year,
        words="常态开放，每学期接待学校一次（示例）",
        by=keeper,
        now=now - 2 * DAY,
    )
    terms = _terms("innovation", "示例重点实验室的科普责任", reviewing, year)
    undertakings.propose(base, terms, by=keeper, now=now - DAY)


def _terms(kind: str, title: str, reviewing: Organisation, year: int) -> Terms:
    return Terms(
        kind=kind, title=title, reviewer=reviewing, since=date(year, 1, 1),
        until=date(year + 2, 12, 31), targets=TARGETS, said="每年组织一次公众开放日（示例）",
    )  # fmt: skip


def state(unit: Organisation, *, by: User, now: datetime) -> None:
    """The venue asks for a statement since last year; it waits for a signature."""
    today = clock.day(now)
    contributions.ask(
        unit=unit, place=None, since=date(today.year - 1, 1, 1), until=today,
        purpose="申报科技奖项（示例）", by=by, now=now,
    )  # fmt: skip
