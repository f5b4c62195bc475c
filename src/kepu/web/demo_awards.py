"""The demo city's selection of communicators: two were nominated, one of them has not answered yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kepu.appraisal import actions
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.divisions import queries as divisions

if TYPE_CHECKING:
    from kepu.appraisal.models import Call
    from kepu.kernel.accounts.models import User

DAY = timedelta(days=1)


def build(*, secretary: User, nominator: User, nominee: User, now: datetime) -> None:
    """Two were nominated: one agreed and writes with figures from the ledgers, one has not answered."""
    call = _call(secretary, now - 6 * DAY)
    agreed = actions.nominating.nominate(
        call.pk, name="示例人选甲", reason="坚持进社区讲科学，带出一支服务队（示例）", klass="grassroots",
        by=nominator, now=now - 5 * DAY,
    )  # fmt: skip
    home = nominee.home or divisions.at("50.")
    made = actions.nominating.agree(
        agreed.key, Applicant(home, "grassroots"), by=nominee, now=now - 4 * DAY
    )
    actions.ledgers.take(made.pk, by=nominee, now=now - DAY)
    actions.nominating.nominate(
        call.pk, name="示例人选乙", reason="科普短片观众多、内容准（示例）", klass="media",
        by=nominator, now=now - 2 * DAY,
    )  # fmt: skip


def _call(by: User, now: datetime) -> Call:
    made = actions.calls.make(
        "communicator", divisions.at("50."), title=f"{now.year}年度科学传播人物评选（示例）",
        about="仅供演示：由他人推选，本人同意后填写；分类评审后由评委无记名投票。",
        opens_at=now, closes_at=now + 40 * DAY, by=by, now=now,
    )  # fmt: skip
    return actions.calls.open_call(made.pk, seen=made.version, by=by, now=now)
