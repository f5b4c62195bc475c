"""Statements of contributions and kepu duties in the town, each in the state that its page is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kepu.appraisal.actions import contributions, deciding, undertakings
from kepu.appraisal.actions.undertakings import Terms
from tests import factories
from tests.journeys.sight import Sight
from tests.kepu.appraisal import factories as appraisal
from tests.kepu.people.factories import served
from tests.kepu.venues import factories as venues

if TYPE_CHECKING:
    from kepu.appraisal.models import ContributionStatement
    from kepu.kernel.accounts.models import User
    from tests.journeys.town import Town

PAPER = "示例科协〔2026〕5号"


def keep(town: Town) -> None:
    """Statements that wait, hold and were revoked; duties proposed, in force, and a year of them."""
    signer = town.people["statement_signer"] = factories.officer("district_officer", venues.HERE)
    holders = {name: factories.user("贡献示例") for name in ("asked", "signed", "revoked")}
    made = {name: _stated(holder) for name, holder in holders.items()}
    for name in ("signed", "revoked"):
        one = contributions.sign(
            made[name].pk, seen=1, reference=PAPER, by=signer, now=factories.NOW
        )
        town.values[f"statement_{name}_code"] = one.code
    contributions.revoke(
        made["revoked"].pk, reason="时长登记有误示例", by=signer, now=factories.NOW
    )
    town.people |= {f"statement_{name}": holder for name, holder in holders.items()}
    town.values |= {f"statement_{name}": one.pk for name, one in made.items()}
    _undertaken(town)
    _put_forward(town)


def _put_forward(town: Town) -> None:
    """Of one that another body names: in notice, and put forward to it."""
    said = {"named_by": "中国科协", "notice": {"workdays": 5, "reply": 5}}
    earlier = factories.NOW - timedelta(days=30)
    of = appraisal.call(code="elsewhere", now=earlier, days=60, **said)
    house = venues.venue(name="示例馆北")
    by = town.people["venue_manager"]
    rows = [
        appraisal.application("noticed", of=call, by=by, house=house, now=earlier)
        for call in (of, appraisal.call(code="elsewhere", now=earlier, days=60))
    ]
    deciding.put_forward(
        rows[0].pk, reference=PAPER, seen=appraisal.again(rows[0]).version, by=appraisal.decider(),
        now=factories.NOW,
    )  # fmt: skip
    town.values |= {"forwarded": rows[0].pk, "to_forward": rows[1].pk, "elsewhere_call": of.pk}


def _stated(holder: User) -> ContributionStatement:
    served(holder, 150, title="讲座示例")
    place = factories.division(venues.HERE)
    return contributions.ask(
        unit=None, place=place, since=date(2026, 1, 1), until=date(2026, 3, 4),
        purpose="申报科技奖项", by=holder, now=factories.NOW,
    )  # fmt: skip


def _undertaken(town: Town) -> None:
    base, association = (
        venues.unit(),
        factories.organisation("示例区科协", venues.HERE, kind="association"),
    )
    keeper, reviewer = town.people["venue_manager"], factories.user("评议示例")
    factories.grant(reviewer, "department_officer", association)
    town.people["duty_reviewer"] = reviewer
    targets = {"open_days": 250, "visits": 10000, "services": 12}
    rows = {}
    for title in ("甲", "乙"):
        terms = Terms(
            kind="co_built", title=f"示例共建基地{title}", reviewer=association,
            since=date(2025, 1, 1), until=date(2027, 12, 31), targets=targets,
            said="每学期面向学校开放一次", parties="示例大学",
        )  # fmt: skip
        rows[title] = undertakings.propose(base, terms, by=keeper, now=factories.NOW)
    agreed = rows["甲"]
    undertakings.agree(agreed.pk, seen=1, reference=PAPER, by=reviewer, now=factories.NOW)
    for year in (2025, 2026):
        kept = undertakings.hand_in_year(
            agreed.pk, year=year, words="全年常态开放", by=keeper, now=factories.NOW
        )
        town.values[f"duty_year_{year}"] = kept.pk
    undertakings.review_year(
        town.values["duty_year_2025"], seen=2, outcome="partly", words="开放天数不足，其余达到",
        by=reviewer, now=factories.NOW,
    )  # fmt: skip
    town.values |= {"undertaking_agreed": agreed.pk, "undertaking_proposed": rows["乙"].pk}


SIGHTS = (
    Sight("contributions", "statement_signed"),
    Sight("contributions", "statement_signer"),
    Sight("contributions", "resident"),
    Sight("contribution-new", "resident"),
    Sight("contribution-new", "venue_manager"),
    Sight("contribution", "statement_asked", {"statement_id": "statement_asked"}),
    Sight("contribution", "statement_signer", {"statement_id": "statement_asked"}),
    Sight("contribution", "statement_signed", {"statement_id": "statement_signed"}),
    Sight("contribution", "statement_signer", {"statement_id": "statement_revoked"}),
    *(
        Sight(
            "contribution-decide", "statement_signer",
            {"statement_id": f"statement_{state}", "verb": verb},
        )
        for verb, state in (("sign", "asked"), ("refuse", "asked"), ("correct", "signed"))
    ),
    Sight(
        "contribution-decide", "statement_asked",
        {"statement_id": "statement_asked", "verb": "withdraw"},
    ),
    Sight("contribution-verify"),
    Sight("contribution-verified", at={"code": "statement_signed_code"}),
    Sight("contribution-verified", at={"code": "statement_revoked_code"}),
    Sight("application", "city", {"application_id": "forwarded"}),
    Sight("application-put-forward", "city", {"application_id": "to_forward"}),
    Sight("application-name", "city", {"application_id": "forwarded"}),
    Sight("appraisal-call", "secretary", {"call_id": "elsewhere_call"}),
    Sight("undertakings"),
    Sight("undertakings", query={"kind": "innovation"}),
    Sight("undertakings", "venue_manager"),
    Sight("undertaking-new", "venue_manager"),
    Sight("undertaking", at={"undertaking_id": "undertaking_agreed"}),
    Sight("undertaking", "venue_manager", {"undertaking_id": "undertaking_agreed"}),
    Sight("undertaking", "duty_reviewer", {"undertaking_id": "undertaking_proposed"}),
    Sight("undertaking-renew", "venue_manager", {"undertaking_id": "undertaking_agreed"}),
    Sight("undertaking-year", "venue_manager", {"undertaking_id": "undertaking_agreed"}),
    Sight(
        "undertaking-answer", "duty_reviewer",
        {"undertaking_id": "undertaking_proposed", "verb": "agree"},
    ),
    Sight(
        "undertaking-answer", "duty_reviewer",
        {"undertaking_id": "undertaking_agreed", "verb": "end"},
    ),
    Sight("duties-review", "duty_reviewer", {"year_id": "duty_year_2026"}),
)  # fmt: skip
