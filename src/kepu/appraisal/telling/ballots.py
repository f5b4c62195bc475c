"""Who hears of a vote: the jury that is called to it, and a nominator whose nominee answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from kepu.appraisal.models import CallNomination, JuryBallot
from kepu.kernel import clock
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words

CALLED = Text(
    "appraisal.called_to_vote",
    Words(
        "请参加终评投票", "“{call}”终评投票已开始，请在{day}前投票；投票不记名，投出后不能更改。"
    ),
    Words(
        "Please vote",
        "{call}: the final vote is open until {day}. It is secret, and a vote cannot be changed.",
    ),
)
AGREED = Text(
    "appraisal.nominee_agreed",
    Words("推选对象已同意", "您在“{call}”推选的对象已同意，正在填写申报。"),
    Words("Your nominee agreed", "{call}: whom you nominated agreed and writes the application."),
)
DECLINED = Text(
    "appraisal.nominee_declined",
    Words("推选对象未同意", "您在“{call}”推选的对象未同意，推选不再进行。"),
    Words("Your nominee declined", "{call}: whom you nominated does not wish to stand."),
)
TEXTS = (CALLED, AGREED, DECLINED)


def called_to_vote(ballot: JuryBallot, *, now: datetime) -> None:
    """Each member of the jury, with the way to the paper."""
    last = clock.day(ballot.ends_at - timedelta(seconds=1))
    said = {"call": ballot.call.title, "day": last.isoformat()}
    link = reverse("jury-vote", args=[ballot.pk])
    for one in ballot.electors.select_related("person"):
        notices.notify(one.person, CALLED.key, said, now=now, link=link)


def nominee_answered(nomination: CallNomination, text: Text, *, now: datetime) -> None:
    """Who nominated hears whether the nominee agreed."""
    link = reverse("appraisal-call", args=[nomination.call_id])
    said = {"call": nomination.call.title}
    notices.notify(nomination.by, text.key, said, now=now, link=link)
