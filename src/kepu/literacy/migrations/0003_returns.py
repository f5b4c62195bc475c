import django.db.models.deletion
import kepu.kernel.divisions.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_tables'),
        ('divisions', '0001_tables'),
        ('literacy', '0002_fieldwork'),
    ]

    operations = [
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('year', models.PositiveSmallIntegerField()),
                ('rules', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('open', 'open to units'), ('locked', 'locked by the city'), ('published', 'published')], default='open', max_length=10)),
                ('deadline', models.DateTimeField()),
                ('synthetic', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('published', models.JSONField(blank=True, default=dict)),
                ('opened_at', models.DateTimeField()),
                ('locked_at', models.DateTimeField(blank=True, null=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('division_at', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('division_now', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-year', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('division_at', 'year'), name='round_once_a_year'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('locked_by__isnull', False), ('published_at__isnull', False), ('published_by__isnull', False)), _connector='OR'), name='round_published_by_two'), models.CheckConstraint(condition=models.Q(('published_by__isnull', True), models.Q(('published_by', models.F('locked_by')), _negated=True), _connector='OR'), name='round_published_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('state', models.CharField(choices=[('draft', 'being filled'), ('submitted', 'handed in'), ('returned', 'sent back for correction'), ('checked', 'checked by the district'), ('locked', 'locked by the district')], default='draft', max_length=10)),
                ('explanations', models.JSONField(blank=True, default=dict)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('division_at', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('division_now', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='literacy.round')),
            ],
            options={
                'ordering': ['path', 'pk'],
                'indexes': [models.Index(fields=['round', 'state'], name='literacy_re_round_i_f75809_idx')],
                'constraints': [models.UniqueConstraint(fields=('round', 'organisation'), name='return_once_a_round'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='return_submitted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ReturnStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('draft', 'being filled'), ('submitted', 'handed in'), ('returned', 'sent back for correction'), ('checked', 'checked by the district'), ('locked', 'locked by the district')], max_length=10)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('remarks', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='literacy.return')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Revenue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('growth', models.DecimalField(decimal_places=2, max_digits=6)),
                ('source', models.CharField(max_length=200)),
                ('entered_at', models.DateTimeField()),
                ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revenues', to='literacy.round')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('round', 'division'), name='revenue_once_a_district')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('value', models.DecimalField(decimal_places=2, max_digits=16)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='literacy.return')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('of', 'key'), name='figure_once_a_return'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='figure_not_negative')],
            },
        ),
    ]
