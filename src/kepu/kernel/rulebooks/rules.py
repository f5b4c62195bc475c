"""Why not?"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries, reading


def why_not_issue_rulebooks(person: User, now: datetime) -> str | None:
    """Only an officer of the whole city issues rulebooks, for they hold for everybody."""
    if roles.holds_everywhere(person, Verb.RULEBOOK_ISSUE, now=now):
        return None
    return _("only a city officer may issue a rulebook")


def why_not_issue(kind: str, text: str, effective_from: date, now: datetime) -> str | None:
    """A version takes effect tomorrow at the earliest, after every earlier one, and says something new."""
    if effective_from <= clock.day(now):
        return _("a rulebook takes effect tomorrow at the earliest; what was decided stays decided")
    last = queries.versions(kind).last()
    if last and last.effective_from >= effective_from:
        return _("a version already takes effect on %(day)s; choose a later day") % {
            "day": last.effective_from
        }
    if last and last.digest == reading.digest(text):
        return _("this is the same text as version %(version)s") % {"version": last.version}
    return None
