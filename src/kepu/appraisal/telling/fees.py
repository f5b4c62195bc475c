"""Who hears of fees: experts, who signs, who wrote a list; never an amount, which stands on the page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from kepu.appraisal.models import Call, FeeList, FeeShare
from kepu.appraisal.rules import fees as rules
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

ACCOUNT_ASKED = Text(
    "appraisal.fee_account_asked",
    Words(
        "请填写收款账户", "“{call}”的专家费待发放，请在“专家费收款账户”中填写证件号码和银行账户。"
    ),
    Words(
        "Where is your fee paid to?",
        "{call}: a fee waits for you. Please say in your record where it is paid to.",
    ),
)
PAID = Text(
    "appraisal.fee_paid",
    Words("专家费已发放", "“{call}”的专家费已于{on}发放，明细见“我的专家费”。"),
    Words("A fee was paid", "{call}: your fee was paid on {on}. See “My fees” for what it is for."),
)
TO_SIGN = Text(
    "appraisal.fee_list_to_sign",
    Words(
        "专家费发放表待签批",
        "“{call}”第{number}张专家费发放表（{month}发放）已编制，请核对后签批。",
    ),
    Words(
        "A list of fees waits for your signature",
        "{call}: list {number} of experts' fees, paid in {month}, is worked out. Look through it and sign.",
    ),
)
TAKEN_BACK = Text(
    "appraisal.fee_list_taken_back",
    Words("专家费发放表的签批已撤回", "“{call}”第{number}张专家费发放表的签批已撤回：{reason}"),
    Words(
        "The signature under a list of fees was taken back",
        "{call}: the signature under list {number} was taken back: {reason}",
    ),
)
TEXTS = (ACCOUNT_ASKED, PAID, TO_SIGN, TAKEN_BACK)


def account_asked(person: User, call: Call, *, now: datetime) -> None:
    """An expert without an account hears that a fee waits."""
    said = {"call": call.title}
    notices.notify(person, ACCOUNT_ASKED.key, said, now=now, link=reverse("expert-fee"))


def to_sign(of: FeeList, *, now: datetime) -> None:
    """Whoever pays experts of the place hears that a list waits; not who wrote it or is paid by it."""
    said = {"call": of.call.title, "number": of.number, "month": f"{of.month:%Y-%m}"}
    for person in roles.nearest_holders(Verb.EXPERT_PAY, now=now, path=of.call.path):
        if rules.why_not_sign_as(person, of, now) is None:
            notices.notify(person, TO_SIGN.key, said, now=now, link=_page(of))


def taken_back(of: FeeList, *, now: datetime) -> None:
    """Who wrote the list reads why its signature is gone."""
    said = {"call": of.call.title, "number": of.number, "reason": of.reason}
    notices.notify(of.made_by, TAKEN_BACK.key, said, now=now, link=_page(of))


def _page(of: FeeList) -> str:
    return reverse("appraisal-fee-list", args=[of.pk])


def paid(share: FeeShare, *, now: datetime) -> None:
    """An expert hears that the finance office has paid."""
    said = {"call": share.list.call.title, "on": f"{share.list.paid_on:%Y-%m-%d}"}
    notices.notify(share.expert.person, PAID.key, said, now=now, link=reverse("my-fees"))
