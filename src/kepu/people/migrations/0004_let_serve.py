from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_bad_faith'),
    ]

    operations = [
        migrations.AddField(
            model_name='volunteer',
            name='let_serve_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='volunteer',
            name='suspended_for',
            field=models.CharField(blank=True, choices=[('unexcused', 'missed %(n)s visits without an excuse within a year'), ('bad_faith', 'missed %(n)s visits in bad faith within a year')], default='', max_length=10),
        ),
        migrations.AddField(
            model_name='volunteer',
            name='suspended_after',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
