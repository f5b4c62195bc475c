"""Take the answers of a fieldwork away for the run, with the key of its items."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize
from kepu.literacy import field_files
from kepu.literacy.models import Fieldwork
from kepu.literacy.rules import runs as may


@transaction.atomic
def export_answers(fieldwork_id: int, *, by: User, now: datetime) -> bytes:
    """The folder of the run as a ZIP; who took it is kept in the audit."""
    of: Fieldwork = Fieldwork.objects.select_related("sample", "booklets").get(pk=fieldwork_id)
    authorize(may.why_not_handle(by, of.path, now))
    audit.record(by, "fieldwork.export", of, now=now, state=of.state)
    return field_files.folder(of, now)
