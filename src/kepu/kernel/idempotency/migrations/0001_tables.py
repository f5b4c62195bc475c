from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('idempotency', '0001_initial'), ('idempotency', '0002_sealed_answers')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Answered',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('at', models.DateTimeField(db_index=True)),
                ('sealed', models.BinaryField(default=b'')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'key'), name='answered_once')],
            },
        ),
    ]
