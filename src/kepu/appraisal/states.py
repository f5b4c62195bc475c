"""Where calls, applications, reviews, objections and titles stand, and which way they go."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from kepu.appraisal.inspection_states import INSPECTION as INSPECTION  # drawn, too
from kepu.appraisal.meeting_states import MEETING as MEETING  # drawn in the documentation
from kepu.appraisal.meeting_states import MEETING_ITEM as MEETING_ITEM
from kepu.appraisal.standards_states import STANDARD as STANDARD  # drawn in the documentation
from kepu.kernel.machine import Machine, Move


class ApplicationCallState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("call for applications", "draft")
    OPEN = (
        "open",
        pgettext_lazy("call for applications", "open"),
    )  # whether it takes applications, its dates say
    CLOSED = "closed", pgettext_lazy("call for applications", "finished")
    CANCELLED = "cancelled", pgettext_lazy("call for applications", "cancelled")


CALL = Machine(
    start=ApplicationCallState.DRAFT,
    moves=(
        Move("open", (ApplicationCallState.DRAFT,), ApplicationCallState.OPEN),
        Move("finish", (ApplicationCallState.OPEN,), ApplicationCallState.CLOSED),
        Move(
            "cancel",
            (ApplicationCallState.DRAFT, ApplicationCallState.OPEN),
            ApplicationCallState.CANCELLED,
        ),
    ),
)


class ApplicationState(models.TextChoices):
    """From draft to decision; a stage that the programme does not have is passed over by rule."""

    DRAFT = "draft", pgettext_lazy("application", "draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "submitted")
    RECOMMENDED = "recommended", _("recommended")
    RETURNED = "returned", pgettext_lazy("application", "returned for mending")
    CHECKED = "checked", _("passed the formal check")
    IN_REVIEW = "in_review", _("with the reviewers")
    REVIEWED = "reviewed", pgettext_lazy("application", "reviewed")
    PROPOSED = "proposed", pgettext_lazy("application", "proposed")
    NOTICED = "noticed", _("in public notice")
    OBJECTED = "objected", _("stopped by an objection")
    PUT_FORWARD = "put_forward", _("put forward to the body that names")
    NAMED = "named", _("named")
    REFUSED = "refused", pgettext_lazy("application", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")


A = ApplicationState
MENDABLE = (A.DRAFT, A.RETURNED)
BEFORE_REVIEW = (A.SUBMITTED, A.RECOMMENDED)
UNDER_WAY = (
    A.SUBMITTED, A.RECOMMENDED, A.RETURNED, A.CHECKED, A.IN_REVIEW, A.REVIEWED, A.PROPOSED,
    A.NOTICED, A.OBJECTED, A.PUT_FORWARD,
)  # fmt: skip
DECIDED = (A.NAMED, A.REFUSED)
OVER = (*DECIDED, A.WITHDRAWN)
JUDGED = (
    A.REVIEWED, A.PROPOSED, A.NOTICED, A.OBJECTED, A.PUT_FORWARD, A.NAMED, A.REFUSED,
)  # fmt: skip

APPLICATION = Machine(
    start=A.DRAFT,
    moves=(
        Move("submit", MENDABLE, A.SUBMITTED),
        Move("recommend", (A.SUBMITTED,), A.RECOMMENDED),
        Move("send_back", BEFORE_REVIEW, A.RETURNED),
        Move("pass_check", BEFORE_REVIEW, A.CHECKED),
        Move("send_to_review", (A.CHECKED,), A.IN_REVIEW),
        Move("end_review", (A.CHECKED, A.IN_REVIEW), A.REVIEWED),
        Move("propose", (A.REVIEWED,), A.PROPOSED),
        Move("notice", (A.PROPOSED,), A.NOTICED),
        Move("object", (A.NOTICED,), A.OBJECTED),
        Move("resume", (A.OBJECTED,), A.NOTICED),
        Move("take_back", (A.OBJECTED,), A.REVIEWED),  # an objection was upheld: judged anew
        Move("put_forward", (A.NOTICED,), A.PUT_FORWARD),  # where another body names
        Move("name", (A.NOTICED, A.PUT_FORWARD), A.NAMED),
        # An appeal that was upheld takes a refusal back: to the reviewers' result where there is one,
        # else to the step before the formal check, so that nothing is passed over.
        Move("reopen", (A.REFUSED,), A.REVIEWED),
        Move("reopen_unreviewed", (A.REFUSED,), A.SUBMITTED),
        Move(
            "refuse",
            (
                A.SUBMITTED,
                A.RECOMMENDED,
                A.CHECKED,
                A.IN_REVIEW,
                A.REVIEWED,
                A.PROPOSED,
                A.NOTICED,
                A.OBJECTED,
                A.PUT_FORWARD,
                A.RETURNED,
            ),
            A.REFUSED,
        ),
        Move("withdraw", UNDER_WAY, A.WITHDRAWN),
    ),
)


class ReviewState(models.TextChoices):
    ASKED = "asked", _("asked")
    AT_WORK = "at_work", pgettext_lazy("review", "at work")  # no bond declared, reads the dossier
    DONE = "done", pgettext_lazy("review", "handed in")
    RECUSED = "recused", _("stepped aside")
    REPLACED = "replaced", _("replaced")


REVIEW = Machine(
    start=ReviewState.ASKED,
    moves=(
        Move("take_on", (ReviewState.ASKED,), ReviewState.AT_WORK),
        Move("hand_in", (ReviewState.AT_WORK,), ReviewState.DONE),
        Move("give_back", (ReviewState.DONE,), ReviewState.AT_WORK),  # for discussion, once
        Move("recuse", (ReviewState.ASKED, ReviewState.AT_WORK), ReviewState.RECUSED),
        Move("replace", (ReviewState.ASKED, ReviewState.AT_WORK), ReviewState.REPLACED),
    ),
)
SITTING = (ReviewState.ASKED, ReviewState.AT_WORK, ReviewState.DONE)
TO_REVIEW = (ApplicationState.CHECKED, ApplicationState.IN_REVIEW)


class PanelsState(models.TextChoices):
    """A proposal of who reviews what; nobody is asked before somebody says so."""

    COMPUTING = "computing", _("being computed")
    PROPOSED = "proposed", pgettext_lazy("panels", "proposed")
    ASKING = "asking", pgettext_lazy("panels", "reviewers are being asked")
    DONE = "done", pgettext_lazy("panels", "reviewers were asked")
    DROPPED = "dropped", pgettext_lazy("panels", "put away")
    FAILED = "failed", pgettext_lazy("panels", "failed")


PN = PanelsState
PANELS_AT_WORK = (PN.COMPUTING, PN.ASKING)  # the worker has something to do for them

# Its verbs are never said to people.
PANELS = Machine(
    start=PN.COMPUTING,
    moves=(
        Move("propose", (PN.COMPUTING,), PN.PROPOSED),
        Move("ask", (PN.PROPOSED,), PN.ASKING),
        Move("finish", (PN.ASKING,), PN.DONE),
        Move("drop", (PN.COMPUTING, PN.PROPOSED), PN.DROPPED),
        Move("fail", PANELS_AT_WORK, PN.FAILED),
    ),
)


class PanelsStage(models.TextChoices):
    """What the worker is at, in this order; `auction` and `repair` are the engine's own words."""

    READING = "reading", _("Reading applications and experts")
    BONDS = "bonds", _("Finding who may not meet")
    AUCTION = "auction", _("Matching applications and reviewers")
    REPAIR = "repair", _("Improving the panels until they are the best")
    LINES = "lines", _("Writing the panels down")
    ASKING = "asking", _("Asking the reviewers")


class WeighingState(models.TextChoices):
    """Scores of a call on their way to a judgement."""

    COMPUTING = "computing", _("being computed")
    DONE = "done", pgettext_lazy("weighing", "weighed")
    FAILED = "failed", pgettext_lazy("weighing", "failed")


# Its verbs are the worker's.
WEIGHING = Machine(
    start=WeighingState.COMPUTING,
    moves=(
        Move("finish", (WeighingState.COMPUTING,), WeighingState.DONE),
        Move("fail", (WeighingState.COMPUTING,), WeighingState.FAILED),
    ),
)


class WeighingStage(models.TextChoices):
    """What the worker is at, in this order."""

    READING = "reading", _("Reading the reviews")
    WEIGHING = "weighing", _("Weighing the scores")
    WRITING = "writing", _("Writing the ranking down")


class Blinding(models.TextChoices):
    """How far a file is on its way to reviewers who may not know the applicant."""

    WAITING = "waiting", pgettext_lazy("blind copy", "being made")
    CLEAN = "clean", pgettext_lazy("blind copy", "shown to reviewers")
    HELD = "held", pgettext_lazy("blind copy", "kept from reviewers")


class GrievanceState(models.TextChoices):
    OPEN = "open", _("to be answered")
    UPHELD = "upheld", _("upheld")
    REJECTED = "rejected", pgettext_lazy("objection", "rejected")


OBJECTION = Machine(
    start=GrievanceState.OPEN,
    moves=(
        Move("uphold", (GrievanceState.OPEN,), GrievanceState.UPHELD),
        Move("reject", (GrievanceState.OPEN,), GrievanceState.REJECTED),
    ),
)


class CallNominationState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("nomination in a call", "waits for the nominee")
    AGREED = "agreed", pgettext_lazy("nomination in a call", "agreed to")
    DECLINED = "declined", pgettext_lazy("nomination in a call", "declined")


CALL_NOMINATION = Machine(
    start=CallNominationState.ASKED,
    moves=(
        Move("agree", (CallNominationState.ASKED,), CallNominationState.AGREED),
        Move("turn_down", (CallNominationState.ASKED,), CallNominationState.DECLINED),
    ),
)


class TitleState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("title", "in force")
    WARNED = "warned", pgettext_lazy("title", "warned")
    SUSPENDED = "suspended", pgettext_lazy("title", "suspended")
    REVOKED = "revoked", pgettext_lazy("title", "revoked")
    EXPIRED = "expired", pgettext_lazy("title", "expired")
    RENEWED = "renewed", pgettext_lazy("title", "followed by a new one")


T = TitleState
HELD = (T.ACTIVE, T.WARNED)
STANDING = (*HELD, T.SUSPENDED)

TITLE = Machine(
    start=T.ACTIVE,
    moves=(
        Move("warn", (T.ACTIVE,), T.WARNED),
        Move("rectified", (T.WARNED,), T.ACTIVE),
        Move("suspend", HELD, T.SUSPENDED),
        # From warned and from revoked by an appeal alone.
        Move("reinstate", (T.WARNED, T.SUSPENDED, T.REVOKED), T.ACTIVE),
        Move("downgrade", HELD, T.ACTIVE),
        Move("restore", (T.ACTIVE,), T.ACTIVE),  # the level before a downgrade, by an appeal alone
        Move("revoke", STANDING, T.REVOKED),
        Move("expire", STANDING, T.EXPIRED),
        Move("renew", HELD, T.RENEWED),
    ),
)
BY_ITSELF = ("warn", "expire")  # the farthest that Kepu goes without a person
SIGNED = ("suspend", "reinstate", "downgrade", "restore", "revoke")
WEIGHTY = ("warn", "suspend", "downgrade", "revoke")  # what one may appeal against
BEGUN = ("grant", "recognise")
LEVELLED = (*BEGUN, "downgrade", "restore")  # each gives a level, and a certificate of its own


class ReportState(models.TextChoices):
    DUE = "due", pgettext_lazy("yearly report", "due")
    HANDED_IN = "handed_in", pgettext_lazy("yearly report", "handed in")
    RETURNED = "returned", pgettext_lazy("yearly report", "returned for mending")
    PASSED = "passed", pgettext_lazy("yearly report", "passed")
    FAILED = "failed", pgettext_lazy("yearly report", "failed")


REPORT = Machine(
    start=ReportState.DUE,
    moves=(
        Move("hand_in", (ReportState.DUE, ReportState.RETURNED), ReportState.HANDED_IN),
        Move("send_back", (ReportState.HANDED_IN,), ReportState.RETURNED),
        Move("pass", (ReportState.HANDED_IN,), ReportState.PASSED),
        Move("fail", (ReportState.DUE, ReportState.HANDED_IN, ReportState.RETURNED), ReportState.FAILED),
    ),
)  # fmt: skip

VERBS = (
    gettext_noop("open"),
    gettext_noop("finish"),
    gettext_noop("cancel"),
    gettext_noop("submit"),
    gettext_noop("recommend"),
    gettext_noop("send_back"),
    gettext_noop("pass_check"),
    gettext_noop("send_to_review"),
    gettext_noop("end_review"),
    gettext_noop("propose"),
    gettext_noop("notice"),
    gettext_noop("object"),
    gettext_noop("resume"),
    gettext_noop("take_back"),
    gettext_noop("put_forward"),
    gettext_noop("name"),
    gettext_noop("reopen"),
    gettext_noop("reopen_unreviewed"),
    gettext_noop("refuse"),
    gettext_noop("withdraw"),
    gettext_noop("take_on"),
    gettext_noop("hand_in"),
    gettext_noop("give_back"),
    gettext_noop("recuse"),
    gettext_noop("replace"),
    gettext_noop("uphold"),
    gettext_noop("reject"),
    gettext_noop("warn"),
    gettext_noop("rectified"),
    gettext_noop("suspend"),
    gettext_noop("reinstate"),
    gettext_noop("downgrade"),
    gettext_noop("restore"),
    gettext_noop("revoke"),
    gettext_noop("expire"),
    gettext_noop("renew"),
    gettext_noop("pass"),
    gettext_noop("fail"),
    gettext_noop("agree"),
    gettext_noop("turn_down"),
)
