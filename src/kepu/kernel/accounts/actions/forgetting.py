"""Let the words of who was erased go."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from kepu.kernel.accounts.held import Held


@transaction.atomic
def forget_words(tables: Iterable[Held], person_id: int) -> None:
    """Blank what the person wrote, or others wrote about them; ids, numbers and states stay for figures.

    Nothing is audited here: that the person was erased stands in the audit already.
    """
    for held in tables:
        for key, blanks in held.words.items():
            held.table._default_manager.filter(**{key: person_id}).update(**blanks)
        for key in held.goes_with:
            held.table._default_manager.filter(**{key: person_id}).delete()
