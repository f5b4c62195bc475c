from django.db import migrations, models


def let_duties_go_first(apps, schema_editor):
    """Recurring duties have one row each that is never written anew."""
    Delivery = apps.get_model("facts", "Delivery")
    Delivery.objects.filter(fact__isnull=True).update(awaited=True)


class Migration(migrations.Migration):
    dependencies = [("facts", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_due"),
        migrations.AddField(
            model_name="delivery", name="awaited", field=models.BooleanField(default=False)
        ),
        migrations.RunPython(let_duties_go_first, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["awaited", "due_at"],
                condition=models.Q(state="waiting"),
                name="delivery_next",
            ),
        ),
    ]
