"""Documents stand in the index with their places too: those that are there are written anew."""

from django.db import migrations

from kepu.kernel.search import index

BATCH = 1000


def write_anew(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    batch = []
    for document in apps.get_model("search", "Document").objects.order_by("pk").iterator(BATCH):
        batch.append(document)
        if len(batch) == BATCH:
            index.put(*batch)
            batch = []
    index.put(*batch)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index")]

    operations = [migrations.RunPython(write_anew, migrations.RunPython.noop)]
