"""What this room tells people. No notice says what an item asks."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.literacy.models import Item, Review

REVIEW_ASKED = Text(
    "literacy.review_asked",
    Words("有一道题目请您评审", "请评审题目 {code}（{discipline}）。题目内容保密，请勿外传。"),
    Words(
        "An item waits for your review",
        "Please review item {code} ({discipline}). It is confidential: please show it to nobody.",
    ),
)
REVIEWED = Text(
    "literacy.reviewed",
    Words("题目评审意见已收齐", "题目 {code} 的评审专家都已答复，请查看。"),
    Words("All reviewers have answered", "Every expert asked about item {code} has answered."),
)
SENT_BACK = Text(
    "literacy.sent_back",
    Words("题目已退回修改", "题目 {code} 已退回。原因：{reason}"),
    Words("An item came back to you", "Item {code} was sent back. Reason: {reason}"),
)
TEXTS = (REVIEW_ASKED, REVIEWED, SENT_BACK)


def review_asked(review: Review, *, now: datetime) -> None:
    """The expert has something to judge."""
    context = {"code": review.item.code, "discipline": review.item.discipline.title}
    link = reverse("item-review", args=[review.pk])
    notices.notify(review.expert.person, REVIEW_ASKED.key, context, now=now, link=link)


def reviewed(review: Review, *, now: datetime) -> None:
    """Who asked can decide."""
    link = reverse("item", args=[review.item_id])
    notices.notify(review.asked_by, REVIEWED.key, {"code": review.item.code}, now=now, link=link)


def sent_back(item: Item, reason: str, *, now: datetime) -> None:
    """The writer has something to change."""
    context = {"code": item.code, "reason": reason.strip()}
    link = reverse("item", args=[item.pk])
    notices.notify(item.written_by, SENT_BACK.key, context, now=now, link=link)
