"""Files that experts hand in with their record: who may read them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.files.kinds import Kind
from kepu.kernel.files.models import StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.people.queries import experts_records as records
from kepu.people.rules.experts import why_not_admit_as

WORK = "people.work"


def why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Who handed it in, and officers of the place once the record is theirs to see."""
    if person is None:
        return _("sign in to read this file")
    if person.pk == file.owner_id:
        return None
    path = records.path_of_file(file.pk)
    return why_not_admit_as(person, path, now) if path else _("this file is not there any more")


PURPOSE = Purpose(
    WORK, lazy("representative work of an expert"), frozenset({Kind.PDF, Kind.JPEG, Kind.PNG}),
    20 * 2**20, why_not_read, personal=True,
)  # fmt: skip
