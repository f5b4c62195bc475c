"""What an application shows: files taken in, taken back, and made fit for reviewers who may not know whose
they are.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.appraisal import blind, metadata, queries
from kepu.appraisal.actions.moving import locked
from kepu.appraisal.metadata import why_not_open
from kepu.appraisal.models import Application, Evidence
from kepu.appraisal.programme.schema import MB, Exhibit
from kepu.appraisal.rules import evidence as rules
from kepu.appraisal.rules.applications import why_not_keep_as, why_not_write
from kepu.appraisal.rules.evidence import BLIND, SHOWN
from kepu.appraisal.rules.reviewing import why_not_hold
from kepu.appraisal.states import Blinding
from kepu.appraisal.telling import reviewing as telling
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import EvidenceAdded
from kepu.kernel.files import actions as files
from kepu.kernel.files import blobs, intake
from kepu.kernel.files.kinds import Kind
from kepu.kernel.files.models import FileState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User
    from kepu.kernel.files.blobs import Readable
    from kepu.kernel.files.intake import Content

log = logging.getLogger(__name__)
WORDY = (Kind.DOCX, Kind.XLSX, Kind.CSV)  # whose text is searched for names


def add(
    application_id: int, key: str, stream: Readable, name: str, *, by: User, now: datetime
) -> Evidence:
    """Show a file under an entry of the list of evidence.

    The rules are asked before the content is looked at, which is slow and outside any transaction, and
    again under the lock; no more of it is held in memory than a piece. Raises NotAllowed for who does
    not apply, RuleBroken if the entry is full or the application handed in, BadInput for what is too
    large, damaged, locked, a bomb, two kinds at once, with programs in it, or of a kind that is not
    asked for.
    """
    application = Application.objects.select_related("call").get(pk=application_id)
    authorize(why_not_write(by, application, now))
    exhibit = _exhibit(application, key)
    require(rules.why_not_add(application, exhibit))
    assert exhibit  # noqa: S101 (the rule has asked)
    content = intake.examine(
        stream, SHOWN, largest=exhibit.megabytes * MB, kinds=exhibit.kinds, why_not=why_not_open
    )
    return enter(application_id, key, content, name, by=by, now=now)


@transaction.atomic
def enter(
    application_id: int, key: str, content: Content, name: str, *, by: User, now: datetime
) -> Evidence:
    """What `add` says, for a content that was examined already."""
    application = locked(application_id)
    authorize(why_not_write(by, application, now))
    require(rules.why_not_add(application, _exhibit(application, key)))

    file = files.enter(content, name, by=by, now=now, path=application.path)
    row = Evidence.objects.create(
        application=application, key=key, file=file, added_by=by, added_at=now
    )
    audit.record(by, "appraisal.add_evidence", application, now=now, evidence=row.pk, key=key)
    facts.publish(EvidenceAdded(at=now, evidence_id=row.pk))
    return row


@transaction.atomic
def take_back(evidence_id: int, *, by: User, now: datetime) -> None:
    """Take a file back while the application is written; its blind copy goes too."""
    row, application = _locked(evidence_id)
    authorize(why_not_write(by, application, now))
    require(rules.why_not_take_back(application))

    for file_id in filter(None, (row.file_id, row.blind_id)):
        files.remove(file_id, by=by, now=now)  # asks whose it is: by the row, so that goes last
    row.delete()
    audit.record(by, "appraisal.take_evidence_back", application, now=now, evidence=evidence_id)


@transaction.atomic
def hold(evidence_id: int, *, reason: str, by: User, now: datetime) -> Evidence:
    """Keep a file from reviewers: the secretary looked at it and saw what tells who applies."""
    row, application = _locked(evidence_id)
    authorize(why_not_keep_as(by, application, now))
    require(why_not_hold(reason))

    row.blinding, row.blind_note = Blinding.HELD, reason.strip()[:200]
    row.save(update_fields=["blinding", "blind_note"])
    audit.record(by, "appraisal.hold_evidence", application, now=now, evidence=row.pk)
    return row


@transaction.atomic
def let_see(evidence_id: int, *, by: User, now: datetime) -> Evidence:
    """Let reviewers have a file after all: the worker tries once more to make a copy for them."""
    row, application = _locked(evidence_id)
    authorize(why_not_keep_as(by, application, now))

    _again(row, now)
    audit.record(by, "appraisal.let_see_evidence", application, now=now, evidence=row.pk)
    return row


# --- as the worker handles it ---------------------------------------------------------------------


def make_again(application: Application, *, now: datetime) -> None:
    """Search texts for names once more: what was handed in may tell other names than the draft did."""
    rows = application.evidence.filter(blinding=Blinding.CLEAN, file__kind__in=WORDY)
    for row in rows:
        _again(row, now)


def free(evidence_id: int, *, now: datetime) -> None:
    """Make the copy for blind reviewers; where it cannot be made for certain the secretary is told.

    Slow, and outside any transaction until the copy is there.
    """
    rows = Evidence.objects.select_related("application__call", "file", "added_by")
    row = rows.filter(pk=evidence_id, blinding=Blinding.WAITING).first()
    if row is None or row.file.state != FileState.KEPT:
        return
    if not blind.is_blind(queries.calls.programme(row.application.call)):
        return
    names = _names(row.application_id)
    with blobs.workbench() as bench:
        try:
            kind = Kind(row.file.kind)
            metadata.strip(blobs.place(row.file.sha256), bench / "bare", kind, names)
            content = intake.own(bench / "bare", BLIND, kind)
        except metadata.Unclean as unclean:
            _keep_back(row.pk, unclean.reason, now)
            return
        except Exception:
            log.exception("evidence %s could not be cleaned", row.pk)
            _keep_back(row.pk, _("this file could not be cleaned"), now)
            return
    _show(row.pk, content, names, now)


@transaction.atomic
def _show(evidence_id: int, content: Content, names: blind.Names, now: datetime) -> None:
    """Give reviewers the copy; not if other names were told while it was made."""
    row, application = _locked(evidence_id)
    if row.blinding != Blinding.WAITING:
        return
    if _names(row.application_id) != names:
        _again(row, now)
        return
    row.blind = files.enter(content, _("evidence"), by=row.added_by, now=now, path=application.path)
    row.blinding = Blinding.CLEAN
    row.save(update_fields=["blind", "blinding"])


@transaction.atomic
def _keep_back(evidence_id: int, reason: str, now: datetime) -> None:
    row, application = _locked(evidence_id)
    if row.blinding != Blinding.WAITING:
        return
    row.blinding, row.blind_note = Blinding.HELD, reason[:200]
    row.save(update_fields=["blinding", "blind_note"])
    audit.record(None, "appraisal.hold_evidence", application, now=now, evidence=row.pk)
    telling.held(application.call, application.code, now=now)


def _again(row: Evidence, now: datetime) -> None:
    """Make the copy anew; the one before goes from the disk, for it may tell what it should not."""
    if row.blind_id is not None:
        files.put_away(row.blind_id, now=now)
    row.blind, row.blinding, row.blind_note = None, Blinding.WAITING, ""
    row.save(update_fields=["blind", "blinding", "blind_note"])
    facts.publish(EvidenceAdded(at=now, evidence_id=row.pk))


def _exhibit(application: Application, key: str) -> Exhibit | None:
    return rules.exhibit_of(queries.calls.programme(application.call), application.klass, key)


def _names(application_id: int) -> blind.Names:
    """What the copy must not tell, as it is known now."""
    application = queries.reviewing.application_of_id(application_id)
    programme = queries.calls.programme(application.call)
    return blind.names_of(application, programme, queries.applications.answers(application))


def _locked(evidence_id: int) -> tuple[Evidence, Application]:
    """The file and its application, which everybody locks first: or two would wait for each other."""
    of = Evidence.objects.values_list("application", flat=True).get(pk=evidence_id)
    application = locked(of)
    rows = Evidence.objects.select_for_update(of=("self",)).select_related("file", "added_by")
    row: Evidence = rows.get(pk=evidence_id)
    return row, application
