import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('exports', '0001_initial'), ('exports', '0002_tries_and_personal')]

    initial = True

    dependencies = [
        ("accounts", "0001_tables_2026_12"),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('query', models.TextField(blank=True, default='')),
                ('format', models.CharField(choices=[('xlsx', 'XLSX'), ('csv', 'CSV')], max_length=4)),
                ('language', models.CharField(max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'being made'), ('ready', 'ready'), ('failed', 'failed')], default='waiting', max_length=8)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('begun_at', models.DateTimeField(blank=True, null=True)),
                ('beat_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('personal', models.BooleanField(default=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'beat_at'], name='exports_exp_state_96c1bb_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['ready', 'failed'])), models.Q(('ended_at__isnull', True), ('state__in', ['waiting', 'running'])), _connector='OR'), name='export_ended_says_when')],
            },
        ),
    ]
