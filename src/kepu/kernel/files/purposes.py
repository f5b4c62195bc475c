"""What files are handed in for. A room registers its purposes: which kinds, how large, who may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.errors import BadInput
from kepu.kernel.files.kinds import Kind
from kepu.kernel.files.models import StoredFile

WhyNot = Callable[[User | None, StoredFile, datetime], str | None]


@dataclass(frozen=True)
class Purpose:
    """One purpose. `personal` files go when their owner is erased; others belong to the record.

    `why_not_remove` says who besides the owner may take such a file away; left out, nobody.
    """

    key: str
    title: Promise | str
    kinds: frozenset[Kind]
    largest: int  # bytes
    why_not_read: WhyNot
    personal: bool = False
    why_not_remove: WhyNot | None = None


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Add a purpose. Call when Django is ready."""
    _purposes[purpose.key] = purpose


def get(key: str) -> Purpose:
    """The purpose; raises BadInput when there is none of this name."""
    if key not in _purposes:
        raise BadInput(_("files are not taken for this purpose"))
    return _purposes[key]


def known(key: str) -> Purpose | None:
    return _purposes.get(key)


def personal() -> list[str]:
    """Keys of the purposes whose files belong to a person alone."""
    return [key for key, purpose in _purposes.items() if purpose.personal]


def owner_only(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """The usual rule for what is personal."""
    if person is not None and person.pk == file.owner_id:
        return None
    return _("only the owner may read this file")
