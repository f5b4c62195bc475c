"""Why not?"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.files import purposes
from kepu.kernel.files.kinds import Kind
from kepu.kernel.files.models import FileState, StoredFile
from kepu.kernel.files.purposes import Purpose


def why_not_read(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """The purpose decides; a file of a purpose that nobody answers for is read by nobody."""
    purpose = purposes.known(file.purpose)
    if file.state != FileState.KEPT or purpose is None:
        return _("this file is not there any more")
    return purpose.why_not_read(person, file, now)


def why_not_store(by: User) -> str | None:
    """Files are handed in by people who are known."""
    return None if by.is_active else _("this account is closed")


def why_not_kind(kind: Kind, purpose: Purpose) -> str | None:
    """Each purpose takes some kinds only."""
    if kind in purpose.kinds:
        return None
    wanted = ", ".join(sorted(one.upper() for one in purpose.kinds))
    return _("here only %(kinds)s is taken") % {"kinds": wanted}


def why_not_remove(by: User, file: StoredFile, now: datetime) -> str | None:
    """Who handed it in may take it back, and whom its purpose names besides."""
    purpose = purposes.known(file.purpose)
    if by.pk == file.owner_id:
        return None
    if purpose is None or purpose.why_not_remove is None:
        return _("only the owner may remove this file")
    return purpose.why_not_remove(by, file, now)


def why_not_removed(file: StoredFile) -> str | None:
    """A file is removed once."""
    return None if file.state == FileState.KEPT else _("this file is not there any more")
