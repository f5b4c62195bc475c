"""The index of each database behind three functions: put, drop and a condition for finding.

Beside its pairs stand the places that a document lies in, so that words are looked for within a
district and not in the whole city.

SQLite has an FTS5 table without contents or positions, PostgreSQL a tsvector column under GIN. Either
names the documents that hold all pairs of a word; the text of those few is then compared. That is
exact where positions are not: a tsvector keeps none beyond 16,383 and 255 for each token.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, Func, QuerySet, Value
from django.db.models.expressions import RawSQL

from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.search import tokens
from kepu.kernel.search.models import Document
from kepu.kernel.unindexed import Unindexed


def put(*documents: Document) -> None:
    """Write the tokens of saved documents, which must not be in the index."""
    found = [(document.pk, _tokens(document)) for document in documents]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "UPDATE search_document SET tokens = array_to_tsvector(%s) WHERE id = %s",
                [(written, pk) for pk, written in found],
            )
        else:
            cursor.executemany(
                "INSERT INTO search_index (rowid, tokens) VALUES (%s, %s)",
                [(pk, " ".join(written)) for pk, written in found],
            )


def _tokens(document: Document) -> list[str]:
    places = [tokens.place(path) for path in ancestors(document.path)]
    return [*tokens.pairs(document.plain), *places]


def drop(*documents: Document) -> None:
    """Take documents' tokens out. FTS5 keeps no contents, so it is told again what they were."""
    if connection.vendor == "postgresql":
        return  # the column goes, or is written anew, with the row
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', %s, %s)",
            [(document.pk, " ".join(_tokens(document))) for document in documents],
        )


def holding(
    documents: QuerySet[Document], words: list[str], places: Sequence[str] = ()
) -> QuerySet[Document]:
    """Those that hold every one of `words` and lie in one of `places`; anywhere when none is named.

    Tokens are letters and digits: nothing to escape.
    """
    wanted = [(token, len(word) == 1) for word in words for token in tokens.lookups(word)]
    within = [tokens.place(path) for path in places]
    if connection.vendor == "postgresql":
        found = [f"{token}:*" if begins else token for token, begins in wanted]
        query = " & ".join([*found, f"({' | '.join(within)})"] if within else found)
        return documents.filter(Answers("pk", Value(query)))
    found = [f"{token} *" if begins else token for token, begins in wanted]
    query = " AND ".join([*found, f"({' OR '.join(within)})"] if within else found)
    rows = RawSQL("SELECT rowid FROM search_index WHERE search_index MATCH %s", [query])
    return documents.filter(pk__in=rows)


def of_kinds(documents: QuerySet[Document], kinds: Sequence[str]) -> QuerySet[Document]:
    """Those among documents found by their words that are of one of `kinds`: SQLite is kept
    from reading all documents of a kind.
    """
    found = Unindexed("kind", CharField())
    return documents.alias(kind_found=found).filter(kind_found__in=kinds)


def first_among(rows: QuerySet[Any], held: QuerySet[Document, Any], most: int) -> list[int] | None:
    """Keys of the first `most` of sorted rows that are among the objects `held`; None on SQLite.

    PostgreSQL asks every row for its words and sorts what is left, unless the sorted rows stand behind
    an OFFSET, which it does not look through. Nor does it make a join, which keeps no order, of a row's
    question that has one.
    """
    if connection.vendor != "postgresql":
        return None
    inner, values = rows.values("pk").query.sql_with_params()
    asked, more = held.query.sql_with_params()
    holds = f"SELECT 1 FROM ({asked}) held WHERE held.object_id = found.pk OFFSET 0"  # noqa: S608 (comes from the ORM, with its values apart)
    sql = f"SELECT found.pk FROM ({inner} OFFSET 0) found WHERE EXISTS ({holds}) LIMIT %s"  # noqa: S608 (the same)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *more, most])
        return [key for (key,) in cursor.fetchall()]


class Answers(Func):
    """That a document's tokens answer a query: a column of its row that Django does not know."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        document, query = self.get_source_expressions()
        row = compiler.quote_name_unless_alias(document.alias)
        asked, values = compiler.compile(query)
        return f'{row}."tokens" @@ {asked}::tsquery', values
