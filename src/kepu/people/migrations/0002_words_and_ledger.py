"""The words that ship with Kepu, and a ledger that the database itself keeps from being changed."""

from django.db import migrations

from kepu.people.vocabularies import shipped

LISTS = {"Skill": "skills", "Field": "fields", "PostKind": "posts", "Sector": "sectors"}

POSTGRESQL = """
CREATE FUNCTION people_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger of hours only grows' USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER people_entry_no_update BEFORE UPDATE ON people_entry
    FOR EACH ROW EXECUTE FUNCTION people_entry_stays();
CREATE TRIGGER people_entry_no_delete BEFORE DELETE ON people_entry
    FOR EACH ROW EXECUTE FUNCTION people_entry_stays();
"""
POSTGRESQL_BACK = """
DROP TRIGGER people_entry_no_update ON people_entry;
DROP TRIGGER people_entry_no_delete ON people_entry;
DROP FUNCTION people_entry_stays();
"""
SQLITE = (
    "CREATE TRIGGER people_entry_no_update BEFORE UPDATE ON people_entry"
    " BEGIN SELECT RAISE(ABORT, 'the ledger of hours only grows'); END",
    "CREATE TRIGGER people_entry_no_delete BEFORE DELETE ON people_entry"
    " BEGIN SELECT RAISE(ABORT, 'the ledger of hours only grows'); END",
)
SQLITE_BACK = ("DROP TRIGGER people_entry_no_update", "DROP TRIGGER people_entry_no_delete")


def bring_words(apps, schema_editor):
    for model, name in LISTS.items():
        kind = apps.get_model("people", model)
        for word in shipped(name):
            kind.objects.update_or_create(key=word["key"], defaults=word)


def guard_ledger(apps, schema_editor):
    _run(schema_editor, POSTGRESQL, SQLITE)


def unguard_ledger(apps, schema_editor):
    _run(schema_editor, POSTGRESQL_BACK, SQLITE_BACK)


def _run(schema_editor, postgresql, sqlite):
    vendor = schema_editor.connection.vendor
    for statement in (postgresql,) if vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_tables_2026_12")]

    operations = [
        migrations.RunPython(bring_words, migrations.RunPython.noop),
        migrations.RunPython(guard_ledger, unguard_ledger),
    ]
