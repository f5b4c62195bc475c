"""What a standard is for, who may set one, where it stands, and which way it goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class StandardLevel(models.TextChoices):
    """The levels of the law of standards; the first two are made elsewhere and only known here."""

    NATIONAL = "national", pgettext_lazy("level of a standard", "national")  # 国家标准
    SECTOR = "sector", pgettext_lazy("level of a standard", "sector")  # 行业标准
    LOCAL = "local", pgettext_lazy("level of a standard", "local")  # 地方标准
    GROUP = "group", pgettext_lazy("level of a standard", "group")  # 团体标准
    ENTERPRISE = "enterprise", pgettext_lazy("level of a standard", "enterprise")  # 企业标准


class StandardKind(models.TextChoices):
    """What a standard is about, beside its level."""

    PRODUCT = "product", _("kepu products")  # 科普产品
    SERVICE = "service", _("kepu services")  # 科普服务
    VENUE = "venue", _("venues and exhibits")  # 场馆、展品
    EVALUATION = "evaluation", _("evaluation")  # 评价
    DATA = "data", _("information and data")  # 信息与数据
    EMERGENCY = "emergency", _("emergency and warning")  # 应急与预警
    GENERAL = "general", pgettext_lazy("kind of a standard", "general")  # 通用


class StandardState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("standard", "draft of a proposal")
    PROPOSED = "proposed", pgettext_lazy("standard", "proposed")
    DRAFTING = "drafting", _("being drafted")
    COMMENTS = "comments", _("out for comments")
    REVIEW = "review", _("with the review meeting")
    REVIEWED = "reviewed", _("passed the review meeting")
    VOTE = "vote", _("being voted on")
    APPROVED = "approved", _("carried by the vote")
    PUBLISHED = "published", pgettext_lazy("standard", "published")
    REPLACED = "replaced", _("replaced by a newer one")
    ABOLISHED = "abolished", _("abolished")
    DROPPED = "dropped", pgettext_lazy("standard", "dropped")
    LISTED = "listed", _("known from a list")


S = StandardState
OWN_LEVELS = (StandardLevel.LOCAL, StandardLevel.GROUP, StandardLevel.ENTERPRISE)
BEFORE_TAKING_UP = (S.DRAFT, S.PROPOSED)
IN_WORK = (S.DRAFTING, S.COMMENTS, S.REVIEW, S.REVIEWED, S.VOTE, S.APPROVED)
CITABLE = (S.PUBLISHED, S.LISTED)
ENDED = (S.REPLACED, S.ABOLISHED)
OVER = (*ENDED, S.DROPPED)
PUBLIC = (S.COMMENTS, *CITABLE, *ENDED)
NUMBERED = (*CITABLE, *ENDED)

STANDARD = Machine(
    start=S.DRAFT,
    moves=(
        Move("propose", (S.DRAFT,), S.PROPOSED),
        Move("send_back", (S.PROPOSED,), S.DRAFT),
        Move("take_up", (S.PROPOSED,), S.DRAFTING),
        Move("open_round", (S.DRAFTING,), S.COMMENTS),
        Move("close_round", (S.COMMENTS,), S.DRAFTING),
        Move("send_to_review", (S.DRAFTING,), S.REVIEW),
        Move("pass_review", (S.REVIEW,), S.REVIEWED),
        Move("mend", (S.REVIEW,), S.DRAFTING),
        Move("open_vote", (S.REVIEWED,), S.VOTE),
        Move("carry", (S.VOTE,), S.APPROVED),
        Move("fail_vote", (S.VOTE,), S.DRAFTING),
        # Where the level asks for no vote, what passed the meeting is published.
        Move("publish", (S.REVIEWED, S.APPROVED), S.PUBLISHED),
        Move("confirm", (S.PUBLISHED,), S.PUBLISHED),  # looked at again, and good for another term
        Move("replace", CITABLE, S.REPLACED),
        Move("abolish", CITABLE, S.ABOLISHED),
        Move("drop", (S.PROPOSED, S.DRAFTING, S.REVIEW, S.REVIEWED, S.APPROVED), S.DROPPED),
        # One that others made, of which Kepu knows number and title from a list.
        Move("list", (S.DRAFT,), S.LISTED),
    ),
)
EXPLAINED = ("send_back", "mend", "drop", "abolish", "confirm")  # with a reason
SIGNED = ("take_up", "publish", "confirm", "abolish", "drop")  # with the number of a signed paper
VERBS = (
    gettext_noop("propose"),
    gettext_noop("send_back"),
    gettext_noop("take_up"),
    gettext_noop("open_round"),
    gettext_noop("close_round"),
    gettext_noop("send_to_review"),
    gettext_noop("pass_review"),
    gettext_noop("mend"),
    gettext_noop("open_vote"),
    gettext_noop("carry"),
    gettext_noop("fail_vote"),
    gettext_noop("publish"),
    gettext_noop("confirm"),
    gettext_noop("replace"),
    gettext_noop("abolish"),
    gettext_noop("drop"),
    gettext_noop("list"),
)


class CommentVerdict(models.TextChoices):
    """What became of a comment."""

    ACCEPTED = "accepted", pgettext_lazy("comment", "accepted")
    PARTLY = "partly", _("accepted in part")
    DECLINED = "declined", pgettext_lazy("comment", "not accepted")


class Choice(models.TextChoices):
    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")
    ABSTAIN = "abstain", pgettext_lazy("vote", "abstain")


class DrafterRole(models.TextChoices):
    LEAD = "lead", _("leads the group")
    MEMBER = "member", pgettext_lazy("drafting group", "member")
