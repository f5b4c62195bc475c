"""Find objects by any part of their title and text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from kepu.kernel.search import index, tokens
from kepu.kernel.search.models import Document

AROUND = 30  # characters shown on either side of what was found


@dataclass(frozen=True)
class Hit:
    """A found object, and the place in its text that shows why."""

    kind: str
    object_id: int
    path: str
    title: str
    excerpt: str


@dataclass(frozen=True)
class Found:
    """One page of hits; `cursor` asks for the next, None when this is the last."""

    hits: tuple[Hit, ...]
    cursor: int | None


def search(
    text: str,
    *,
    within: str | Sequence[str] = "",
    kinds: Iterable[str] | None = None,
    limit: int = 20,
    cursor: int | None = None,
) -> Found:
    """Objects that hold every word of `text`, those changed last first. One query.

    `within` is the path, or the paths, that one may see; any text may be asked for.
    """
    words = tokens.words(text)
    if not words:
        return Found((), None)
    documents = holding(words, within, kinds).filter(seen_from(within))
    if cursor is not None:
        documents = documents.filter(pk__lt=cursor)
    page = list(documents.order_by("-pk")[: limit + 1])
    shown = page[:limit]
    more = shown[-1].pk if len(page) > limit and shown else None
    return Found(tuple(hit(document, words[0]) for document in shown), more)


def holding(
    words: list[str], within: str | Sequence[str] = "", kinds: Iterable[str] | None = None
) -> QuerySet[Document]:
    """Documents that hold every one of the folded `words`, within the paths; "" is everywhere."""
    found = _holding(Document.objects.defer("plain"), words, within)
    return found if kinds is None else index.of_kinds(found, list(kinds))


def held_by(kind: str, words: list[str], within: str | Sequence[str] = "") -> Exists:
    """That the object with a row's key holds the words: a condition to be asked of few rows.

    Each is looked up by its key; where there are many, `holding` finds what to look for first.
    """
    own = Document.objects.filter(kind=kind, object_id=OuterRef("pk"))
    return Exists(_holding(own, words, within))


def first_held(
    kind: str, rows: QuerySet[Any], words: list[str], within: str | Sequence[str], most: int
) -> list[int] | None:
    """Keys of the first `most` of `rows`, as they are sorted, whose objects hold the words. One query.

    They are asked one after the other until there are enough, however many rows there are. None where
    the database cannot be held to that order: ask `held_by` there.
    """
    held = _holding(Document.objects.filter(kind=kind), words, within).values("object_id")
    return index.first_among(rows, held, most)


def in_columns(text: str, columns: Sequence[str]) -> Q:
    """That every word of the text stands in one of the columns: for lists too short for an index."""
    held = Q()
    for word in tokens.words(text):
        held &= reduce(or_, (Q(**{f"{column}__icontains": word}) for column in columns))
    return held


def _holding(
    documents: QuerySet[Document], words: list[str], within: str | Sequence[str]
) -> QuerySet[Document]:
    scopes = [within] if isinstance(within, str) else list(within)
    if not scopes:
        return documents.none()
    found = index.holding(documents, words, () if "" in scopes else scopes)
    for word in words:
        if len(word) == 2:
            continue  # it is one pair, and the index has just said that the text holds that
        # Not __contains, which is LIKE: that folds case and knows wildcards.
        place = StrIndex("plain", Value(word, output_field=TextField()))
        found = found.alias(place=place).filter(place__gt=0)
    return found


def seen_from(within: str | Sequence[str]) -> Q:
    """A condition that holds inside any of the paths; "" is everywhere, no path at all is nowhere."""
    scopes = [within] if isinstance(within, str) else list(within)
    if "" in scopes:
        return Q()
    return reduce(or_, (Q(path__within=scope) for scope in scopes), Q(pk__in=[]))


def hit(document: Document, word: str) -> Hit:
    return Hit(
        document.kind,
        document.object_id,
        document.path,
        document.title,
        excerpt(document.text, word),
    )


def excerpt(text: str, word: str) -> str:
    """A piece of the text around the word, or its beginning when only the title holds it."""
    place = max(tokens.fold(text).find(word), 0)
    begin, end = max(place - AROUND, 0), place + len(word) + AROUND
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
