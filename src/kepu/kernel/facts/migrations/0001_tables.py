import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('facts', '0001_initial'), ('facts', '0002_what_is_awaited')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Happening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('data', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('listener', models.CharField(max_length=120)),
                ('due_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('dead', 'dead')], default='waiting', max_length=8)),
                ('last_error', models.TextField(blank=True, default='')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='facts.happening')),
                ('awaited', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['awaited', 'due_at'], name='delivery_next')],
                'constraints': [models.UniqueConstraint(fields=('fact', 'listener'), name='delivery_once'), models.UniqueConstraint(condition=models.Q(('fact__isnull', True), ('state', 'waiting')), fields=('listener',), name='recurring_duty_once')],
            },
        ),
    ]
