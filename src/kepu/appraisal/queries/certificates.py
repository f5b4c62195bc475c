"""The signed certificate of a title: what stands in it, and where its status is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from kepu.appraisal import issuing
from kepu.appraisal.models import Title, TitleStep
from kepu.appraisal.programme.schema import Programme, Subject
from kepu.appraisal.queries import terms
from kepu.appraisal.queries import titles as queries
from kepu.kernel.clock import BEIJING
from kepu.kernel.credentials import badges, keys, proofs, status
from kepu.kernel.credentials.badges import Badge

SERIES = "titles"
AWARDED = (Subject.PERSON, Subject.WORK)  # an Award; all else is a Certification


@dataclass(frozen=True)
class Addresses:
    """Whole addresses that stand in a certificate; `list_of(purpose, number)` is a list of status."""

    title: str
    register: str
    issuer: str
    page: str
    list_of: Callable[[str, int], str]


def signed(title: Title, at: Addresses, now: datetime) -> dict[str, Any]:
    """The certificate of the level that holds now as an Open Badges 3.0 credential, signed.

    The same title gives the same document as long as the key signs.
    """
    step = terms.levelled(title)
    key = keys.signing(now)
    return proofs.sign(
        badges.credential(_badge(title, step, at)),
        key.private,
        method=keys.method(at.issuer, key),
        created=step.at,
    )


def _badge(title: Title, step: TitleStep, at: Addresses) -> Badge:
    programme, said = queries.programme_of(title), issuing.as_of(title.issuing_version)
    number, position = status.place(step.pk)
    lists = {purpose: at.list_of(purpose, number) for purpose in status.PURPOSES}
    return Badge(
        address=f"{at.title}#{step.pk}",
        name=_words(title, programme, step.grade),
        issuer=at.issuer,
        issuer_name=said.issuer,
        issuer_page=at.page,
        holder=queries.full_name(title),
        achievement=f"{at.register}?programme={title.programme}&grade={step.grade}",
        description=programme.text,
        criteria="；".join(rule.text for rule in programme.eligibility) or programme.text,
        kind="Award" if programme.subject in AWARDED else "Certification",
        since=step.at,
        until=_end(title),
        status=status.entries(lists, position),
    )


def _words(title: Title, programme: Programme, grade: str) -> str:
    level, klass = queries.level(programme, grade), queries.klass(programme, title.klass)
    said = [programme.title, level.title if level else "", klass.title if klass else ""]
    return " · ".join(one for one in said if one)


def _end(title: Title) -> datetime | None:
    """The last moment of the last day in Beijing."""
    if title.until is None:
        return None
    midnight = datetime.combine(title.until + timedelta(days=1), time(), tzinfo=BEIJING)
    return (midnight - timedelta(seconds=1)).astimezone(UTC)
