"""Who writes programmes, and what keeps a draft from being issued."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from kepu.appraisal import policy
from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme import drafting
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks import registry
from kepu.kernel.rulebooks import rules as issuing


def why_not_write(person: User, now: datetime) -> str | None:
    """City officers and secretaries of the city write programmes; only an officer issues one."""
    if issuing.why_not_issue_rulebooks(person, now) is None:
        return None
    if roles.reach(person, Verb.APPRAISAL_KEEP, now).covers(settings.CITY):
        return None
    return _("only city officers and secretaries of the city write programmes")


def why_not_begin(code: str) -> str | None:
    """One draft of a programme at a time, under a name that can stand in numbers and addresses."""
    if not registry.WORD.fullmatch(code):
        return _("a short name begins with a letter and has small letters, digits and _ alone")
    if ProgrammeDraft.objects.filter(code=code, issued=None).exists():
        return _("there is a draft of this programme already; go on with that one")
    return None


def why_not_new(code: str) -> str | None:
    """A new programme takes the short name of no other."""
    key = f"{policy.PREFIX}.{code}"
    if key in registry.KINDS or rulebooks.versions(key).exists():
        return _("there is a programme of this short name already; choose another")
    return None


def why_not_change(draft: ProgrammeDraft, seen: int) -> str | None:
    """What was issued stays as it is; and nobody writes over what they have not seen."""
    if draft.issued is not None:
        return _("this draft was issued; begin a new one from it")
    if draft.version != seen:
        return _("somebody changed this in the meantime; please look again")
    return None


def why_not_place(draft: ProgrammeDraft, section: str, at: int | None) -> str | None:
    """A row that is changed, moved or removed is there."""
    if at is None or 0 <= at < len(drafting.rows(draft.rules, section)):
        return None
    return _("this row is not there any more")


def why_not_issue(draft: ProgrammeDraft, seen: int) -> str | None:
    """Nothing is issued with a fault in it."""
    if refusal := why_not_change(draft, seen):
        return refusal
    faults = drafting.faults_of(draft.rules)
    return _("put right first: %(fault)s") % {"fault": faults[0].words} if faults else None


def why_not_issue_on(draft: ProgrammeDraft, day: date, now: datetime) -> str | None:
    """The day at which it takes effect, as rulebooks ask it."""
    key, text = f"{policy.PREFIX}.{draft.code}", drafting.text(draft.rules)
    return issuing.why_not_issue(key, text, day, now)
