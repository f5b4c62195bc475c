"""The index itself, in the words of each database."""

from django.db import migrations

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_index USING fts5"
        "(tokens, content='', detail=none, tokenize='ascii', prefix='4')",
    ],
    "postgresql": [
        "ALTER TABLE search_document ADD COLUMN tokens tsvector NOT NULL DEFAULT ''",
        "CREATE INDEX search_document_tokens ON search_document USING gin (tokens)",
    ],
}
DROP = {
    "sqlite": ["DROP TABLE search_index"],
    "postgresql": ["ALTER TABLE search_document DROP COLUMN tokens"],
}


def make(apps, editor):
    for statement in MAKE[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps, editor):
    for statement in DROP[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
