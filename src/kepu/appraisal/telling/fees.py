"""What experts are told of their fees: never an amount or an account, which stand on their page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from kepu.appraisal.models import Call, FeeShare
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words

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
TEXTS = (ACCOUNT_ASKED, PAID)


def account_asked(person: User, call: Call, *, now: datetime) -> None:
    """An expert without an account hears that a fee waits."""
    said = {"call": call.title}
    notices.notify(person, ACCOUNT_ASKED.key, said, now=now, link=reverse("expert-fee"))


def paid(share: FeeShare, *, now: datetime) -> None:
    """An expert hears that the finance office has paid."""
    said = {"call": share.list.call.title, "on": f"{share.list.paid_on:%Y-%m-%d}"}
    notices.notify(share.expert.person, PAID.key, said, now=now, link=reverse("my-fees"))
