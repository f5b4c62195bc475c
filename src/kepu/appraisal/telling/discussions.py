"""What reviewers are told of a discussion: a code, and until when."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import Discussion, Review
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words

OPENED = Text(
    "appraisal.discussion_opened",
    Words(
        "评分请您商议",
        "材料{code}的各位评审专家请在{due}前商议评分，您可修改本人的分数并说明理由。",
    ),
    Words(
        "Scores are talked over",
        "The reviewers of {code} are asked to talk their scores over by {due}. You may change your own.",
    ),
)
TEXTS = (OPENED,)


def opened(discussion: Discussion, review: Review, *, now: datetime) -> None:
    """A reviewer hears that there is something to talk over."""
    said = {"code": discussion.application.code, "due": f"{discussion.due_at:%Y-%m-%d}"}
    link = reverse("appraisal-discussion", args=[discussion.pk])
    notices.notify(review.expert.person, OPENED.key, said, now=now, link=link)
