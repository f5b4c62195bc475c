"""Where a team, a volunteer, a service and the rest may stand, and which way each goes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.kernel.machine import Machine, Move


class Tier(models.TextChoices):
    """Team tiers, from the smallest to the one that a whole municipality has."""

    TEAM = "team", _("service team")  # 服务队
    BRIGADE = "brigade", _("brigade")  # 大队
    DETACHMENT = "detachment", _("detachment")  # 支队
    GENERAL = "general", _("general team")  # 总队


class TeamState(models.TextChoices):
    APPLIED = "applied", _("applied")
    APPROVED = "approved", _("approved")
    SUSPENDED = "suspended", _("suspended")
    REFUSED = "refused", _("refused")
    DISSOLVED = "dissolved", _("dissolved")


TEAM = Machine(
    start=TeamState.APPLIED,
    moves=(
        Move("approve", (TeamState.APPLIED,), TeamState.APPROVED),
        Move("refuse", (TeamState.APPLIED,), TeamState.REFUSED),
        Move("suspend", (TeamState.APPROVED,), TeamState.SUSPENDED),
        Move("restore", (TeamState.SUSPENDED,), TeamState.APPROVED),
        Move("dissolve", (TeamState.APPROVED, TeamState.SUSPENDED), TeamState.DISSOLVED),
    ),
)


class MemberRole(models.TextChoices):
    MEMBER = "member", _("member")
    LEADER = "leader", _("leader")


class MembershipState(models.TextChoices):
    ASKED = "asked", _("asked to join")
    ACTIVE = "active", _("active")
    DECLINED = "declined", _("not admitted")
    LEFT = "left", _("left")
    REMOVED = "removed", _("removed")


MEMBERSHIP = Machine(
    start=MembershipState.ASKED,
    moves=(
        Move("admit", (MembershipState.ASKED,), MembershipState.ACTIVE),
        Move("decline", (MembershipState.ASKED,), MembershipState.DECLINED),
        Move("leave", (MembershipState.ASKED, MembershipState.ACTIVE), MembershipState.LEFT),
        Move("remove", (MembershipState.ACTIVE,), MembershipState.REMOVED),
    ),
)


class VolunteerState(models.TextChoices):
    APPLIED = "applied", _("applied")
    ACTIVE = "active", _("active")
    REFUSED = "refused", _("refused")
    SUSPENDED = "suspended", _("suspended")
    LEFT = "left", _("left")


VOLUNTEER = Machine(
    start=VolunteerState.APPLIED,
    moves=(
        Move("approve", (VolunteerState.APPLIED,), VolunteerState.ACTIVE),
        Move("refuse", (VolunteerState.APPLIED,), VolunteerState.REFUSED),
        Move("suspend", (VolunteerState.ACTIVE,), VolunteerState.SUSPENDED),
        Move("restore", (VolunteerState.SUSPENDED,), VolunteerState.ACTIVE),
        Move(
            "leave",
            (VolunteerState.APPLIED, VolunteerState.ACTIVE, VolunteerState.SUSPENDED),
            VolunteerState.LEFT,
        ),
        Move("apply", (VolunteerState.LEFT, VolunteerState.REFUSED), VolunteerState.APPLIED),
    ),
)


class Missed(models.TextChoices):
    """For what the management rules suspend; whoever reads it fills in how often."""

    UNEXCUSED = "unexcused", _("missed %(n)s visits without an excuse within a year")
    BAD_FAITH = "bad_faith", _("missed %(n)s visits in bad faith within a year")


class ServiceState(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    CERTIFIED = "certified", _("certified by the organiser")
    CONFIRMED = "confirmed", _("confirmed by the receiver")
    DISPUTED = "disputed", _("disputed")
    DROPPED = "dropped", _("dropped")


SERVICE = Machine(
    start=ServiceState.PROPOSED,
    moves=(
        Move("certify", (ServiceState.PROPOSED,), ServiceState.CERTIFIED),
        Move("confirm", (ServiceState.CERTIFIED,), ServiceState.CONFIRMED),
        Move("dispute", (ServiceState.PROPOSED, ServiceState.CERTIFIED), ServiceState.DISPUTED),
        Move("amend", (ServiceState.DISPUTED,), ServiceState.PROPOSED),
        Move("drop", (ServiceState.PROPOSED, ServiceState.DISPUTED), ServiceState.DROPPED),
    ),
)


class AbsenceState(models.TextChoices):
    STATED = "stated", _("stated by the organiser")
    OBJECTED = "objected", _("objected to")
    UPHELD = "upheld", _("upheld")
    LIFTED = "lifted", _("lifted")


_STATED = (AbsenceState.STATED, AbsenceState.OBJECTED, AbsenceState.UPHELD)
ABSENCE = Machine(
    start=AbsenceState.STATED,
    moves=(
        Move("object", (AbsenceState.STATED,), AbsenceState.OBJECTED),
        Move("uphold", (AbsenceState.OBJECTED,), AbsenceState.UPHELD),
        # As in bad faith, which can be objected to ...
        Move("mark", (AbsenceState.STATED, AbsenceState.UPHELD), AbsenceState.STATED),
        Move("condemn", (AbsenceState.OBJECTED,), AbsenceState.UPHELD),  # ... and upholding it so
        Move("excuse", _STATED, AbsenceState.UPHELD),
        Move("lift", _STATED, AbsenceState.LIFTED),
    ),
)


class ExpertState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("application to be an expert", "being written")
    APPLIED = "applied", pgettext_lazy("application to be an expert", "handed in")
    REFUSED = "refused", pgettext_lazy("application to be an expert", "not taken")
    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("agreed")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    DECLINED = "declined", _("said no")
    LEFT = "left", _("left")


OUTSIDE = (ExpertState.REFUSED, ExpertState.DECLINED, ExpertState.LEFT)

EXPERT = Machine(
    start=ExpertState.DRAFT,
    moves=(
        Move("apply", (ExpertState.DRAFT,), ExpertState.APPLIED),
        Move("withdraw", (ExpertState.APPLIED,), ExpertState.DRAFT),
        Move("admit", (ExpertState.APPLIED,), ExpertState.ACTIVE),
        Move("refuse", (ExpertState.APPLIED,), ExpertState.REFUSED),
        Move("reopen", OUTSIDE, ExpertState.DRAFT),
        Move("invite", (ExpertState.DRAFT, ExpertState.APPLIED, *OUTSIDE), ExpertState.INVITED),
        Move("agree", (ExpertState.INVITED,), ExpertState.ACCEPTED),
        Move("decline", (ExpertState.INVITED,), ExpertState.DECLINED),
        Move("activate", (ExpertState.ACCEPTED,), ExpertState.ACTIVE),
        Move("pause", (ExpertState.ACTIVE,), ExpertState.PAUSED),
        Move("resume", (ExpertState.PAUSED,), ExpertState.ACTIVE),
        Move(
            "leave",
            (ExpertState.ACCEPTED, ExpertState.ACTIVE, ExpertState.PAUSED),
            ExpertState.LEFT,
        ),
    ),
)


class BondKind(models.TextChoices):
    """What ties an expert to somebody who is judged."""

    UNIT = "unit", pgettext_lazy("bond", "same unit")
    KIN = "kin", pgettext_lazy("bond", "relative")
    COAUTHOR = "coauthor", pgettext_lazy("bond", "co-author")
    MENTOR = "mentor", pgettext_lazy("bond", "teacher or pupil")
    PROJECT = "project", pgettext_lazy("bond", "shared project")
    OTHER = "other", pgettext_lazy("bond", "another bond")


class Track(models.TextChoices):
    """Tracks of professional titles in science communication."""

    RESEARCH = "research", pgettext_lazy("track", "research")
    CONTENT = "content", pgettext_lazy("track", "content making")
    POPULAR = "popular", pgettext_lazy("track", "popularisation")
    OTHER = "other", pgettext_lazy("track", "another series")


class TitleLevel(models.TextChoices):
    SENIOR = "senior", pgettext_lazy("title", "senior")
    ASSOCIATE = "associate", pgettext_lazy("title", "associate senior")
    MIDDLE = "middle", pgettext_lazy("title", "middle")
    JUNIOR = "junior", pgettext_lazy("title", "junior")


class WorkKind(models.TextChoices):
    """Kinds of representative works."""

    BOOK = "book", pgettext_lazy("work", "book")
    ARTICLE = "article", pgettext_lazy("work", "article")
    FILM = "film", pgettext_lazy("work", "film or video")
    EXHIBIT = "exhibit", pgettext_lazy("work", "exhibition or exhibit")
    COURSE = "course", pgettext_lazy("work", "course or lecture")
    DIGITAL = "digital", pgettext_lazy("work", "programme or digital work")
    PROJECT = "project", pgettext_lazy("work", "project or research report")
    OTHER = "other", pgettext_lazy("work", "another work")


class Speech(models.TextChoices):
    """Languages in which an expert can review and speak; codes of BCP 47."""

    MANDARIN = "zh", pgettext_lazy("language", "Chinese")
    ENGLISH = "en", pgettext_lazy("language", "English")
    FRENCH = "fr", pgettext_lazy("language", "French")
    RUSSIAN = "ru", pgettext_lazy("language", "Russian")
    GERMAN = "de", pgettext_lazy("language", "German")
    SPANISH = "es", pgettext_lazy("language", "Spanish")
    JAPANESE = "ja", pgettext_lazy("language", "Japanese")
    KOREAN = "ko", pgettext_lazy("language", "Korean")
    TUJIA = "tji", pgettext_lazy("language", "Tujia")
    MIAO = "hmn", pgettext_lazy("language", "Miao")
    TIBETAN = "bo", pgettext_lazy("language", "Tibetan")
    SIGN = "csl", pgettext_lazy("language", "Chinese sign language")


class WorkerState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("worker", "asked")
    AGREED = "agreed", pgettext_lazy("worker", "on the register")
    DECLINED = "declined", pgettext_lazy("worker", "did not agree")
    ENDED = "ended", pgettext_lazy("worker", "no longer there")


WORKER = Machine(
    start=WorkerState.ASKED,
    moves=(
        Move("agree", (WorkerState.ASKED,), WorkerState.AGREED),
        Move("decline", (WorkerState.ASKED, WorkerState.AGREED), WorkerState.DECLINED),
        Move("remove", (WorkerState.ASKED, WorkerState.AGREED), WorkerState.ENDED),
    ),
)


class WorkTime(models.TextChoices):
    """How much of the working year goes into science communication: KP-001 draws the line at 60 %."""

    FULL = "full", pgettext_lazy("worker", "full-time")
    PART = "part", pgettext_lazy("worker", "part-time")


class WorkerRole(models.TextChoices):
    MANAGE = "manage", pgettext_lazy("worker", "manager")
    CREATE = "create", pgettext_lazy("worker", "creator or developer")
    GUIDE = "guide", pgettext_lazy("worker", "guide or instructor")
    OTHER = "other", pgettext_lazy("worker", "other work")


class NominationState(models.TextChoices):
    NOMINATED = "nominated", _("nominated")
    REVIEWED = "reviewed", _("passed review")
    NOTICE = "notice", _("on public notice")
    NAMED = "named", _("named")
    REJECTED = "rejected", _("not taken up")


NOMINATION = Machine(
    start=NominationState.NOMINATED,
    moves=(
        Move("pass", (NominationState.NOMINATED,), NominationState.REVIEWED),
        Move("publish", (NominationState.REVIEWED,), NominationState.NOTICE),
        Move("award", (NominationState.NOTICE,), NominationState.NAMED),
        Move(
            "reject",
            (NominationState.NOMINATED, NominationState.REVIEWED, NominationState.NOTICE),
            NominationState.REJECTED,
        ),
    ),
)


class ObjectionState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    UPHELD = "upheld", _("objection upheld")
    OVERRULED = "overruled", _("objection not upheld")
    SETTLED = "settled", _("candidate not taken up")


OBJECTION = Machine(
    start=ObjectionState.OPEN,
    moves=(
        Move("uphold", (ObjectionState.OPEN,), ObjectionState.UPHELD),
        Move("overrule", (ObjectionState.OPEN,), ObjectionState.OVERRULED),
        Move("settle", (ObjectionState.OPEN,), ObjectionState.SETTLED),
    ),
)


class CallState(models.TextChoices):
    OPEN = "open", _("calling")
    MET = "met", _("target reached")
    CLOSED = "closed", _("call ended")


CALL = Machine(
    start=CallState.OPEN,
    moves=(
        Move("meet", (CallState.OPEN,), CallState.MET),
        Move("reopen", (CallState.MET,), CallState.OPEN),
        Move("close", (CallState.OPEN, CallState.MET), CallState.CLOSED),
    ),
)


class CourseState(models.TextChoices):
    ANNOUNCED = "announced", _("announced")
    HELD = "held", _("course held")
    CANCELLED = "cancelled", _("called off")


COURSE = Machine(
    start=CourseState.ANNOUNCED,
    moves=(
        Move("finish", (CourseState.ANNOUNCED,), CourseState.HELD),
        Move("cancel", (CourseState.ANNOUNCED,), CourseState.CANCELLED),
    ),
)

MACHINES = {
    "team": TEAM,
    "membership": MEMBERSHIP,
    "volunteer": VOLUNTEER,
    "service": SERVICE,
    "absence": ABSENCE,
    "expert": EXPERT,
    "worker": WORKER,
    "nomination": NOMINATION,
    "objection": OBJECTION,
    "call": CALL,
    "course": COURSE,
}

# Machines put their verbs through gettext; naming them here brings them into the catalogue.
VERBS = (
    gettext_noop("approve"),
    gettext_noop("refuse"),
    gettext_noop("suspend"),
    gettext_noop("restore"),
    gettext_noop("dissolve"),
    gettext_noop("admit"),
    gettext_noop("decline"),
    gettext_noop("leave"),
    gettext_noop("remove"),
    gettext_noop("apply"),
    gettext_noop("withdraw"),
    gettext_noop("certify"),
    gettext_noop("confirm"),
    gettext_noop("dispute"),
    gettext_noop("amend"),
    gettext_noop("drop"),
    gettext_noop("agree"),
    gettext_noop("activate"),
    gettext_noop("pause"),
    gettext_noop("resume"),
    gettext_noop("invite"),
    gettext_noop("pass"),
    gettext_noop("publish"),
    gettext_noop("award"),
    gettext_noop("reject"),
    gettext_noop("overrule"),
    gettext_noop("settle"),
    gettext_noop("meet"),
    gettext_noop("reopen"),
    gettext_noop("close"),
    gettext_noop("finish"),
    gettext_noop("cancel"),
    gettext_noop("object"),
    gettext_noop("uphold"),
    gettext_noop("excuse"),
    gettext_noop("lift"),
    gettext_noop("mark"),
    gettext_noop("condemn"),
)
