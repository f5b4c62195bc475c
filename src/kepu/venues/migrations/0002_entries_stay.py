"""What was entered as a contribution or a subsidy is guarded by the database itself."""

from django.db import migrations

GUARDED = ("venues_contribution", "venues_subsidy")
POSTGRESQL = """
CREATE FUNCTION venues_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what was entered stays' USING ERRCODE = 'check_violation'; END $$;
"""


def guard(apps, schema_editor):
    """What was entered is neither changed nor deleted; it is put right by a further entry."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(POSTGRESQL)
    for table in GUARDED:
        for verb in ("UPDATE", "DELETE"):
            named = f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            schema_editor.execute(
                f"{named} FOR EACH ROW EXECUTE FUNCTION venues_entry_stays()"
                if postgresql
                else f"{named} BEGIN SELECT RAISE(ABORT, 'what was entered stays'); END"
            )


def unguard(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in GUARDED:
        for verb in ("update", "delete"):
            on = f" ON {table}" if postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION venues_entry_stays()")


class Migration(migrations.Migration):
    replaces = [("venues", "0004_facilities_and_means")]

    dependencies = [("venues", "0001_tables_2026_12")]

    operations = [migrations.RunPython(guard, unguard)]
