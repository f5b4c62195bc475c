"""What reviewers and secretaries are told. A reviewer hears numbers and codes, never who applied."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from kepu.appraisal.models import Call, Review
from kepu.appraisal.programme.schema import Programme
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.people.models import Expert

ASKED = Text(
    "appraisal.review_asked",
    Words(
        "请您评审",
        "“{programme}”有{n}份申报材料请您评审。请在“我的评审”中承诺保密和无利害关系后开始，或说明理由回避。",
    ),
    Words(
        "You are asked to review",
        "{programme}: {n} applications wait for your review. Please pledge and begin, or step aside.",
    ),
)  # fmt: skip
REMINDED = Text(
    "appraisal.review_reminded",
    Words("评审即将到期", "材料{code}的评审应在{due}前提交。如无法完成，请尽早回避。"),
    Words(
        "A review is due",
        "Your review of {code} is due by {due}. If you cannot do it, please step aside soon.",
    ),
)
GIVEN_BACK = Text(
    "appraisal.review_given_back",
    Words("评审退回商议", "材料{code}的评审退回您商议一次，您可修改或原样再次提交。"),
    Words(
        "A review comes back to you",
        "Your review of {code} comes back once for discussion. Change it, or hand it in as it is.",
    ),
)
RECUSED = Text(
    "appraisal.review_recused",
    Words("有专家回避", "“{call}”中材料{code}的一位评审专家已回避，请另请专家。"),
    Words(
        "A reviewer stepped aside",
        "{call}: a reviewer of {code} stepped aside. Please ask somebody else.",
    ),
)
OVERDUE = Text(
    "appraisal.reviews_overdue",
    Words("评审逾期", "“{call}”有{n}份评审新近逾期，请查看并考虑更换专家。"),
    Words("Reviews are overdue", "{call}: {n} reviews became overdue. Please look after them."),
)
HELD = Text(
    "appraisal.evidence_held",
    Words(
        "有文件未向评审专家展示",
        "“{call}”中材料{code}的一个文件无法安全清除作者信息，未向盲评专家展示。",
    ),
    Words(
        "A file is kept from reviewers",
        "{call}: a file of {code} cannot be freed from its author's traces; blind reviewers do not see it.",
    ),
)  # fmt: skip
TEXTS = (ASKED, REMINDED, GIVEN_BACK, RECUSED, OVERDUE, HELD)


def asked(expert: Expert, n: int, programme: Programme, *, now: datetime) -> None:
    """An expert hears how many applications wait for him."""
    said = {"programme": programme.title, "n": n}
    notices.notify(expert.person, ASKED.key, said, now=now, link=reverse("appraisal-reviews"))


def reminded(review: Review, *, now: datetime) -> None:
    """A reviewer hears until when."""
    said = {"code": review.application.code, "due": f"{review.due_at:%Y-%m-%d}"}
    link = reverse("appraisal-review", args=[review.pk])
    notices.notify(review.expert.person, REMINDED.key, said, now=now, link=link)


def given_back(review: Review, *, now: datetime) -> None:
    """A reviewer hears that there is something to talk over."""
    said = {"code": review.application.code}
    link = reverse("appraisal-review", args=[review.pk])
    notices.notify(review.expert.person, GIVEN_BACK.key, said, now=now, link=link)


def recused(review: Review, *, now: datetime) -> None:
    """The secretaries hear that somebody else is needed; not why, which stands on their page."""
    call = review.application.call
    _to_secretaries(call, RECUSED, {"call": call.title, "code": review.application.code}, now)


def overdue(call: Call, n: int, *, now: datetime) -> None:
    """The secretaries hear how many reviews became overdue."""
    _to_secretaries(call, OVERDUE, {"call": call.title, "n": n}, now)


def held(call: Call, code: str, *, now: datetime) -> None:
    """The secretaries hear that blind reviewers go without a file."""
    _to_secretaries(call, HELD, {"call": call.title, "code": code}, now)


def _to_secretaries(call: Call, text: Text, said: dict[str, object], now: datetime) -> None:
    link = reverse("appraisal-reviewers", args=[call.pk])
    for one in roles.nearest_holders(Verb.APPRAISAL_KEEP, now=now, path=call.path):
        notices.notify(one, text.key, said, now=now, link=link)
