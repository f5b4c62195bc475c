"""Write an entry inside the action's own transaction: it stands or falls with what it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from kepu.kernel.accounts.models import User
from kepu.kernel.audit.models import Entry
from kepu.kernel.ready import insert

SYSTEM = "system"


def record(
    by: User | None,
    verb: str,
    about: models.Model,
    *,
    now: datetime,
    for_whom: User | None = None,
    **detail: Any,
) -> Entry:
    """Append that `by` (None is Kepu itself) did `verb` to `about`, with ids and numbers in `detail`.

    Personal values do not belong in `detail`; pass ids.
    """
    return insert(entry(by, verb, about, now=now, for_whom=for_whom, **detail))


def entry(
    by: User | None,
    verb: str,
    about: models.Model,
    *,
    now: datetime,
    for_whom: User | None = None,
    **detail: Any,
) -> Entry:
    """What `record` appends, for who writes it together with the rows it tells of."""
    return Entry(
        at=now,
        actor=by.pseudonym if by else SYSTEM,
        for_whom=for_whom.pseudonym if for_whom else "",
        verb=verb,
        object_type=about._meta.label_lower,
        object_id=str(about.pk),
        path=getattr(about, "path", "") or "",
        detail=detail,
    )
