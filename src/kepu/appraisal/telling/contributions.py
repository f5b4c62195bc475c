"""What is told of statements of contributions: to who signs that one waits, to the holder the rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from kepu.appraisal.models import ContributionStatement
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

ASKED = Text(
    "appraisal.contribution_asked",
    Words("科普贡献证明待签发", "有人申请开具{since}至{until}的科普贡献证明，请核对后签发。"),
    Words(
        "A statement of contributions waits",
        "Somebody asks for a statement of {since} to {until}. Please look at it and sign.",
    ),
)
SIGNED = Text(
    "appraisal.contribution_signed",
    Words("科普贡献证明已签发", "{since}至{until}的科普贡献证明已签发，可在页面下载。"),
    Words("Your statement is signed", "The statement of {since} to {until} is ready on its page."),
)
REFUSED = Text(
    "appraisal.contribution_refused",
    Words("科普贡献证明未签发", "{since}至{until}的科普贡献证明未签发。原因：{reason}"),
    Words(
        "Your statement was not signed",
        "The statement of {since} to {until} was not signed. Reason: {reason}",
    ),
)
REVOKED = Text(
    "appraisal.contribution_revoked",
    Words("科普贡献证明已撤销", "{since}至{until}的科普贡献证明已撤销。原因：{reason}"),
    Words(
        "Your statement was revoked",
        "The statement of {since} to {until} was revoked. Reason: {reason}",
    ),
)
CORRECTED = Text(
    "appraisal.contribution_corrected",
    Words(
        "科普贡献证明已更正",
        "{since}至{until}的科普贡献证明已更正重开，原证明作废，请使用新的证明。",
    ),
    Words(
        "Your statement was corrected",
        "A new statement of {since} to {until} replaces the one before, which holds no more.",
    ),
)
TEXTS = (ASKED, SIGNED, REFUSED, REVOKED, CORRECTED)


def asked(one: ContributionStatement, *, now: datetime) -> None:
    """Officers of the place hear that one waits; nothing is said of whose it is."""
    for officer in roles.nearest_holders(Verb.APPRAISAL_DECIDE, now=now, path=one.path):
        if officer.pk != one.asked_by_id:
            _tell(officer, ASKED, one, now)


def signed(one: ContributionStatement, *, now: datetime) -> None:
    _tell_holder(one, SIGNED, now)


def refused(one: ContributionStatement, *, now: datetime) -> None:
    _tell_holder(one, REFUSED, now)


def revoked(one: ContributionStatement, *, now: datetime) -> None:
    _tell_holder(one, REVOKED, now)


def corrected(one: ContributionStatement, *, now: datetime) -> None:
    _tell_holder(one, CORRECTED, now)


def holders(one: ContributionStatement, now: datetime) -> Iterable[User]:
    """The person; of a unit, who applies for it."""
    if one.person is not None:
        return [one.person]
    assert one.organisation_id is not None  # noqa: S101 (one of the two, says the database)
    return roles.officers_of(one.organisation_id, Verb.APPRAISAL_APPLY, now=now)


def _tell_holder(one: ContributionStatement, text: Text, now: datetime) -> None:
    for person in holders(one, now):
        _tell(person, text, one, now)


def _tell(person: User, text: Text, one: ContributionStatement, now: datetime) -> None:
    said = {"since": f"{one.since}", "until": f"{one.until}"}
    said |= {"reason": one.reason} if one.reason else {}
    notices.notify(person, text.key, said, now=now, link=reverse("contribution", args=[one.pk]))
