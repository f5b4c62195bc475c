import django.db.models.deletion
import kepu.kernel.divisions.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('divisions', '0001_initial'), ('divisions', '0002_positions_and_dated_zones')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Zone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('parent_keeps_writing', models.BooleanField(default=True)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('example', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='zone_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(max_length=60, unique=True)),
                ('level', models.CharField(choices=[('province', 'province'), ('prefecture', 'prefecture'), ('district', 'district'), ('township', 'township'), ('community', 'community')], max_length=12)),
                ('name', models.CharField(max_length=60)),
                ('sort_key', models.CharField(blank=True, default='', max_length=120)),
                ('official_code', models.CharField(blank=True, max_length=12, null=True)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('population', models.PositiveIntegerField(blank=True, null=True)),
                ('lon', models.FloatField(blank=True, null=True)),
                ('lat', models.FloatField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='divisions.division')),
                ('approximate_position', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['path'],
                'indexes': [models.Index(fields=['level', 'path'], name='divisions_d_level_7341ac_idx'), models.Index(fields=['parent'], name='divisions_d_parent__05bfc0_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('official_code',), name='division_code_once_at_a_time'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='division_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='division_position_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='ZonePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(max_length=60)),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='divisions.zone')),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('zone', 'path'), name='zone_part_once_at_a_time'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='zone_part_ends_after_it_begins')],
                'indexes': [models.Index(fields=['path'], name='divisions_z_path_b5fa6c_idx')],
            },
        ),
    ]
