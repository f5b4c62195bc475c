"""When scores are weighed, and when what came out may be proposed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.appraisal import queries
from kepu.appraisal.models import Call, Judgement
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.rules.ballots import why_not_before_vote
from kepu.kernel.accounts.models import User


def why_not_read(person: User, call: Call, now: datetime) -> str | None:
    """Rankings and names of reviewers are the secretary's and the deciding officer's."""
    if queries.calls.keeps(call, person, now):
        return None
    return _("only the secretary of this place does that")


def why_not_weigh(call: Call, *, anything: bool) -> str | None:
    """There is something whose reviewers have all handed in, and no points are being talked over."""
    if not anything:
        return _("no application has all its reviews yet")
    if queries.discussions.open_in(call).exists():
        return _("scores of this call are being talked over; close the discussions first")
    return None


def why_not_propose_all(call: Call, judgement: Judgement, programme: Programme) -> str | None:
    """Only what the newest judgement says is proposed from it, and after the vote where there is one."""
    if queries.discussions.open_in(call).exists():
        return _("scores of this call are being talked over; close the discussions first")
    newest = queries.judging.of_call(call).first()
    if newest is None or newest.pk != judgement.pk:
        return _("the scores were weighed anew; look at the newest judgement")
    return why_not_before_vote(call, programme)
