"""Let an object be found, or no longer. Called inside the action that changes the object."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from kepu.kernel.search import index as indexes
from kepu.kernel.search import tokens
from kepu.kernel.search.models import Document


@transaction.atomic
def index(kind: str, object_id: int, *, path: str, title: str, text: str) -> Document:
    """Let the object be found by every part of `title` and `text`; nothing personal belongs there."""
    remove(kind, object_id)
    document = _document(kind, object_id, path, title, text)
    document.save()
    indexes.put(document)
    return document


@transaction.atomic
def index_new(kind: str, objects: Iterable[tuple[int, str, str, str]]) -> None:
    """Let objects be found that never were: each an id, a path, a title and a text. Two statements."""
    documents = [_document(kind, *one) for one in objects]
    indexes.put(*Document.objects.bulk_create(documents))


@transaction.atomic
def index_again(kind: str, objects: Iterable[tuple[int, str, str, str]]) -> None:
    """Let objects be found by other words or at another place than before. Four statements."""
    found = list(objects)
    before = Document.objects.filter(kind=kind, object_id__in=[one[0] for one in found])
    indexes.drop(*before)
    before.delete()
    index_new(kind, found)


def _document(kind: str, object_id: int, path: str, title: str, text: str) -> Document:
    heading = tokens.tidy(title)[:300]
    body = tokens.tidy(text)[: tokens.LONGEST]
    return Document(
        kind=kind,
        object_id=object_id,
        path=path,
        title=heading,
        text=body,
        plain=tokens.fold(f"{heading}\n{body}"),
    )


@transaction.atomic
def remove(kind: str, object_id: int) -> None:
    """Let the object be found no longer; nothing happens when it is not there."""
    document = Document.objects.select_for_update().filter(kind=kind, object_id=object_id).first()
    if document:
        indexes.drop(document)
        document.delete()
