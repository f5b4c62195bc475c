"""The index of each database behind three functions: put, drop and a condition for finding.

SQLite has an FTS5 table without contents or positions, PostgreSQL a tsvector column under GIN. Either
names the documents that hold all pairs of a word; the text of those few is then compared. That is
exact where positions are not: a tsvector keeps none beyond 16,383 and 255 for each token.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from kepu.kernel.search import tokens
from kepu.kernel.search.models import Document


def put(*documents: Document) -> None:
    """Write the tokens of saved documents, which must not be in the index."""
    found = [(document.pk, tokens.pairs(document.plain)) for document in documents]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "UPDATE search_document SET tokens = array_to_tsvector(%s) WHERE id = %s",
                [(pairs, pk) for pk, pairs in found],
            )
        else:
            cursor.executemany(
                "INSERT INTO search_index (rowid, tokens) VALUES (%s, %s)",
                [(pk, " ".join(pairs)) for pk, pairs in found],
            )


def drop(document: Document) -> None:
    """Take a document's tokens out. FTS5 keeps no contents, so it is told again what they were."""
    if connection.vendor == "postgresql":
        return  # the column goes, or is written anew, with the row
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', %s, %s)",
            [document.pk, " ".join(tokens.pairs(document.plain))],
        )


def holding(documents: QuerySet[Document], words: list[str]) -> QuerySet[Document]:
    """Those that hold every one of `words`. Tokens are letters and digits: nothing to escape."""
    wanted = [(token, len(word) == 1) for word in words for token in tokens.lookups(word)]
    if connection.vendor == "postgresql":
        query = " & ".join(f"{token}:*" if begins else token for token, begins in wanted)
        rows = RawSQL("SELECT id FROM search_document WHERE tokens @@ %s::tsquery", [query])
    else:
        query = " AND ".join(f"{token} *" if begins else token for token, begins in wanted)
        rows = RawSQL("SELECT rowid FROM search_index WHERE search_index MATCH %s", [query])
    return documents.filter(pk__in=rows)
