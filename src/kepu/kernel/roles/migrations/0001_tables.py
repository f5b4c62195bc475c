import django.db.models.deletion
import kepu.kernel.divisions.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('roles', '0001_initial'), ('roles', '0002_separated_administrators'), ('roles', '0003_open_grants_once')]

    initial = True

    dependencies = [
        ("accounts", "0001_tables_2026_12"),
        ('divisions', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40)),
                ('path', kepu.kernel.divisions.fields.PathField(blank=True, default='', max_length=60)),
                ('post', models.CharField(choices=[('A', 'A'), ('B', 'B')], default='A', max_length=1)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='accounts.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('zone', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.zone')),
            ],
            options={
                'indexes': [models.Index(fields=['role', 'path'], name='roles_grant_role_ccc390_idx'), models.Index(fields=['organisation', 'role'], name='roles_grant_organis_85c159_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', True), ('zone__isnull', True), models.Q(('path', ''), _negated=True)), models.Q(('organisation__isnull', True), ('path', ''), ('zone__isnull', False)), models.Q(('organisation__isnull', False), ('path', ''), ('zone__isnull', True)), _connector='OR'), name='grant_held_at_one_kind_of_place'), models.UniqueConstraint(condition=models.Q(('role__in', ('system_administrator', 'security_administrator', 'audit_administrator')), ('valid_to__isnull', True)), fields=('person',), name='one_administrator_post_a_person'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='grant_ends_after_it_begins'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), models.Q(('path', ''), _negated=True)), fields=('person', 'role', 'path'), name='grant_open_once_at_a_path'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True), ('zone__isnull', False)), fields=('person', 'role', 'zone'), name='grant_open_once_in_a_zone'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', False), ('valid_to__isnull', True)), fields=('person', 'role', 'organisation'), name='grant_open_once_in_a_unit')],
            },
        ),
        migrations.CreateModel(
            name='Leave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leaves', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='leave_ends_later')],
            },
        ),
    ]
