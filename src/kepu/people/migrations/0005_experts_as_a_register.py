import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import kepu.kernel.divisions.fields
from django.conf import settings
from django.db import migrations, models

from kepu.kernel import clock
from kepu.people.vocabularies import shipped


def bring_sectors(apps, schema_editor):
    for word in shipped("sectors"):
        apps.get_model("people", "Sector").objects.update_or_create(key=word["key"], defaults=word)


def date_consents(apps, schema_editor):
    """Who agreed before there was a yearly confirmation has confirmed by it for a year."""
    experts = apps.get_model("people", "Expert").objects
    for expert in experts.filter(consent_at__isnull=False, confirmed_until__isnull=True):
        day = clock.day(expert.consent_at)
        expert.confirmed_at = expert.consent_at
        expert.confirmed_until = day.replace(year=day.year + 1, day=min(day.day, 28))
        expert.save(update_fields=["confirmed_at", "confirmed_until"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_tables'),
        ('divisions', '0001_tables'),
        ('files', '0001_initial'),
        ('people', '0004_let_serve'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FeeAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('kept_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('title_zh', models.CharField(max_length=60)),
                ('title_en', models.CharField(max_length=60)),
                ('rank', models.PositiveSmallIntegerField(default=0)),
                ('retired', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['rank', 'key'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Staffing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('year', models.PositiveSmallIntegerField()),
                ('full', models.PositiveIntegerField(default=0)),
                ('full_middle', models.PositiveIntegerField(default=0)),
                ('full_female', models.PositiveIntegerField(default=0)),
                ('full_rural', models.PositiveIntegerField(default=0)),
                ('full_manage', models.PositiveIntegerField(default=0)),
                ('full_create', models.PositiveIntegerField(default=0)),
                ('full_guide', models.PositiveIntegerField(default=0)),
                ('part', models.PositiveIntegerField(default=0)),
                ('part_months', models.PositiveIntegerField(default=0)),
                ('part_guide', models.PositiveIntegerField(default=0)),
                ('senior', models.PositiveIntegerField(default=0)),
                ('associate', models.PositiveIntegerField(default=0)),
                ('middle', models.PositiveIntegerField(default=0)),
                ('junior', models.PositiveIntegerField(default=0)),
                ('posts', models.PositiveIntegerField(default=0)),
                ('stated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-year', 'sector__rank'],
            },
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('track', models.CharField(choices=[('research', 'research'), ('content', 'content making'), ('popular', 'popularisation'), ('other', 'another series')], max_length=10)),
                ('level', models.CharField(choices=[('senior', 'senior'), ('associate', 'associate senior'), ('middle', 'middle'), ('junior', 'junior')], max_length=10)),
                ('since', models.DateField()),
                ('body', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['-since', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Work',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('book', 'book'), ('article', 'article'), ('film', 'film or video'), ('exhibit', 'exhibition or exhibit'), ('course', 'course or lecture'), ('digital', 'programme or digital work'), ('project', 'project or research report'), ('other', 'another work')], max_length=10)),
                ('title', models.CharField(max_length=120)),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1950), django.core.validators.MaxValueValidator(2100)])),
                ('authors_sealed', models.BinaryField(default=b'')),
                ('link', models.URLField(blank=True, default='', max_length=300)),
            ],
            options={
                'ordering': ['-year', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('time', models.CharField(choices=[('full', 'full-time'), ('part', 'part-time')], max_length=4)),
                ('role', models.CharField(choices=[('manage', 'manager'), ('create', 'creator or developer'), ('guide', 'guide or instructor'), ('other', 'other work')], max_length=10)),
                ('level', models.CharField(blank=True, choices=[('senior', 'senior'), ('associate', 'associate senior'), ('middle', 'middle'), ('junior', 'junior')], default='', max_length=10)),
                ('state', models.CharField(choices=[('asked', 'asked'), ('agreed', 'on the register'), ('declined', 'did not agree'), ('ended', 'no longer there')], default='asked', max_length=10)),
                ('named_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='conflict',
            name='conflict_with_one_party',
        ),
        migrations.RemoveConstraint(
            model_name='expert',
            name='expert_agreed_before_work',
        ),
        migrations.AddField(
            model_name='conflict',
            name='kind',
            field=models.CharField(choices=[('unit', 'same unit'), ('kin', 'relative'), ('coauthor', 'co-author'), ('mentor', 'teacher or pupil'), ('project', 'shared project'), ('other', 'another bond')], default='other', max_length=10),
        ),
        migrations.AddField(
            model_name='conflict',
            name='named_sealed',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='employment',
            name='named',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='employment',
            name='post',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddField(
            model_name='expert',
            name='about',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AddField(
            model_name='expert',
            name='applied_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='confirmed_until',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='consent_version',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expert',
            name='languages',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='expert',
            name='late_for',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='expert',
            name='reason',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='expert',
            name='reminded_for',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='conflict',
            name='reason',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AlterField(
            model_name='employment',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AlterField(
            model_name='expert',
            name='invited_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='expert',
            name='invited_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='expert',
            name='state',
            field=models.CharField(choices=[('draft', 'being written'), ('applied', 'handed in'), ('refused', 'not taken'), ('invited', 'invited'), ('accepted', 'agreed'), ('active', 'active'), ('paused', 'paused'), ('declined', 'said no'), ('left', 'left')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='conflict',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('named_sealed', b''), ('organisation__isnull', False), ('person__isnull', True)), models.Q(('named_sealed', b''), ('organisation__isnull', True), ('person__isnull', False)), models.Q(('organisation__isnull', True), ('person__isnull', True), models.Q(('named_sealed', b''), _negated=True)), _connector='OR'), name='conflict_with_one_party'),
        ),
        migrations.AddConstraint(
            model_name='employment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('named', ''), ('organisation__isnull', False)), models.Q(('organisation__isnull', True), models.Q(('named', ''), _negated=True)), _connector='OR'), name='employment_at_one_unit'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.CheckConstraint(condition=models.Q(('consent_at__isnull', False), ('state__in', ['draft', 'invited', 'declined']), _connector='OR'), name='expert_agreed_before_work'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'invited'), _negated=True), models.Q(('invited_at__isnull', False), ('invited_by__isnull', False)), _connector='OR'), name='expert_invited_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='expert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='expert_applied_on_a_day'),
        ),
        migrations.AddField(
            model_name='feeaccount',
            name='expert',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='fee', to='people.expert'),
        ),
        migrations.AddField(
            model_name='staffing',
            name='division_at',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division'),
        ),
        migrations.AddField(
            model_name='staffing',
            name='division_now',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division'),
        ),
        migrations.AddField(
            model_name='staffing',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='staffing',
            name='sector',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.sector'),
        ),
        migrations.AddField(
            model_name='staffing',
            name='stated_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='title',
            name='expert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='titles', to='people.expert'),
        ),
        migrations.AddField(
            model_name='work',
            name='coauthors',
            field=models.ManyToManyField(blank=True, related_name='+', to='people.expert'),
        ),
        migrations.AddField(
            model_name='work',
            name='expert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='works', to='people.expert'),
        ),
        migrations.AddField(
            model_name='work',
            name='file',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='files.storedfile'),
        ),
        migrations.AddField(
            model_name='worker',
            name='division_at',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division'),
        ),
        migrations.AddField(
            model_name='worker',
            name='division_now',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division'),
        ),
        migrations.AddField(
            model_name='worker',
            name='named_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='worker',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='worker',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='worker',
            name='sector',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.sector'),
        ),
        migrations.AddConstraint(
            model_name='staffing',
            constraint=models.UniqueConstraint(fields=('organisation', 'year', 'sector'), name='staffing_once'),
        ),
        migrations.AddConstraint(
            model_name='staffing',
            constraint=models.CheckConstraint(condition=models.Q(('full_create__lte', models.F('full')), ('full_female__lte', models.F('full')), ('full_guide__lte', models.F('full')), ('full_manage__lte', models.F('full')), ('full_middle__lte', models.F('full')), ('full_rural__lte', models.F('full'))), name='staffing_parts_of_full'),
        ),
        migrations.AddConstraint(
            model_name='staffing',
            constraint=models.CheckConstraint(condition=models.Q(('part_guide__lte', models.F('part')), ('part_months__lte', django.db.models.expressions.CombinedExpression(models.Value(12), '*', models.F('part')))), name='staffing_parts_of_part'),
        ),
        migrations.AddConstraint(
            model_name='staffing',
            constraint=models.CheckConstraint(condition=models.Q(('full__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('senior'), '+', models.F('associate')), '+', models.F('middle')), '+', models.F('junior')), '-', models.F('part')))), name='staffing_titles_of_staff'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.UniqueConstraint(fields=('expert', 'name', 'since'), name='title_once'),
        ),
        migrations.AddConstraint(
            model_name='worker',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'agreed'])), fields=('person', 'organisation'), name='worker_once_at_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='worker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'agreed'), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='worker_agreed_on_a_day'),
        ),
        # Last: on PostgreSQL a table with rows just written takes no further change.
        migrations.RunPython(bring_sectors, migrations.RunPython.noop),
        migrations.RunPython(date_consents, migrations.RunPython.noop),
    ]
