"""Why not? Who shows what in an application, who reads it, and how much of it is taken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.models import Application, Evidence
from kepu.appraisal.programme.schema import MB, Exhibit, Programme
from kepu.appraisal.queries import applications as queries
from kepu.appraisal.rules.applications import why_not_write
from kepu.appraisal.states import MENDABLE
from kepu.kernel.errors import Outside
from kepu.kernel.files.kinds import DOCUMENTS, IMAGES, TABLES
from kepu.kernel.files.purposes import Purpose

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.models import StoredFile

SHOWN, BLIND = "appraisal.evidence", "appraisal.blind"
LARGEST = 500 * MB  # the most that any programme may allow


def exhibit_of(programme: Programme, klass: str, key: str) -> Exhibit | None:
    """An entry of the list of evidence of a class."""
    return next(
        (one for one in programme.of_class(programme.evidence, klass) if one.key == key), None
    )


def why_not_add(application: Application, exhibit: Exhibit | None) -> str | None:
    """Into a draft, to an entry that the list has, and no more files than it takes. One query."""
    if exhibit is None:
        return _("this programme asks for no such file")
    if application.state not in MENDABLE:
        return _("what was handed in is not changed any more")
    if application.evidence.filter(key=exhibit.key).count() >= exhibit.most:
        return _("%(exhibit)s takes %(most)s files at most") % {
            "exhibit": exhibit, "most": exhibit.most,
        }  # fmt: skip
    return None


def why_not_take(application: Application) -> str | None:
    """Into a draft of a person, a unit or a venue; the ledgers keep no account of a place."""
    if application.state not in MENDABLE:
        return _("what was handed in is not changed any more")
    if application.person_id is None and application.organisation_id is None:
        return _("the ledgers tell of persons, units and venues alone")
    return None


def why_not_take_back(application: Application) -> str | None:
    """While it is written; what was judged stays with the record."""
    if application.state in MENDABLE:
        return None
    return _("what was handed in is not changed any more")


def _why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Whoever sees the application with its name on it. Reviewers have a page of their own."""
    row = Evidence.objects.filter(file=file).first()
    try:
        queries.seen(row.application_id if row else 0, person, now)
    except Outside:
        return _("this file is not there any more")
    return None


def _why_not_remove(person: User | None, file: StoredFile, now: datetime) -> str | None:
    row = Evidence.objects.filter(file=file).select_related("application").first()
    if row is None or person is None:
        return _("this file is not there any more")
    return why_not_write(person, row.application, now)


def _nobody(_person: User | None, _file: StoredFile, _now: datetime) -> str | None:
    """A blind copy is handed out by the reviewer's own page alone, which knows who reviews what."""
    return _("this file is not there any more")


PURPOSES = (
    Purpose(
        SHOWN, lazy("evidence of an application"), IMAGES | DOCUMENTS | TABLES, LARGEST,
        _why_not_read, why_not_remove=_why_not_remove,
    ),
    Purpose(
        BLIND, lazy("copy for blind reviewers"), IMAGES | DOCUMENTS | TABLES, LARGEST, _nobody,
        why_not_remove=lambda _person, _file, _now: None,
    ),
)  # fmt: skip
