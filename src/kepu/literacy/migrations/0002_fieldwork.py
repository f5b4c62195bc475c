import django.db.models.deletion
import kepu.kernel.divisions.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_tables'),
        ('divisions', '0001_tables'),
        ('literacy', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fieldwork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('title', models.CharField(max_length=80)),
                ('opens_on', models.DateField()),
                ('closes_on', models.DateField()),
                ('rules_version', models.PositiveIntegerField()),
                ('seed', models.PositiveIntegerField()),
                ('key', models.BinaryField(null=True)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('open', 'under way'), ('closed', 'closed'), ('dropped', 'given up')], default='planned', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('booklets', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fieldworks', to='literacy.bookletset')),
                ('division_at', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('division_now', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fieldworks', to='literacy.sample')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='fieldwork_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('key__isnull', True), _connector='OR'), name='fieldwork_closed_has_no_key'), models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('sample',), name='sample_has_one_fieldwork')],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('booklet', models.PositiveSmallIntegerField()),
                ('address', models.BinaryField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('1.1', 'complete interview'), ('1.2', 'partial interview'), ('2.111', 'the household refused'), ('2.112', 'the person chosen refused'), ('2.12', 'broken off'), ('2.23', 'could not enter the building'), ('2.24', 'nobody at home'), ('2.25', 'the person chosen was not there'), ('2.32', 'not able to answer, by illness or disability'), ('2.33', 'no language in common'), ('2.36', 'eligible, not interviewed for another reason'), ('3.11', 'not tried'), ('3.17', 'could not be reached, or unsafe'), ('3.18', 'the address was not found'), ('3.21', 'lived in; who lives there is not known'), ('4.5', 'not a dwelling'), ('4.6', 'nobody lives there'), ('4.7', 'nobody there is of the age asked for')], default='', max_length=5)),
                ('attempts_made', models.PositiveSmallIntegerField(default=0)),
                ('last_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='literacy.sampledcommunity')),
                ('interviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL)),
                ('fieldwork', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='literacy.fieldwork')),
            ],
            options={
                'ordering': ['community', 'number'],
                'indexes': [models.Index(fields=['fieldwork', 'interviewer', 'outcome'], name='case_of')],
                'constraints': [models.UniqueConstraint(fields=('fieldwork', 'community', 'number'), name='case_numbered_once'), models.CheckConstraint(condition=models.Q(models.Q(('attempts_made', 0), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('attempts_made__gt', 0)), _connector='OR'), name='case_outcome_after_an_attempt')],
            },
        ),
        migrations.CreateModel(
            name='FieldEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('schema', models.PositiveSmallIntegerField()),
                ('device_time', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
                ('taking', models.CharField(choices=[('done', 'taken in'), ('refused', 'needs a person'), ('settled', 'settled by a person')], max_length=8)),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='literacy.case')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['received_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('taking', 'done'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='field_event_refused_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('settled_by__isnull', False), ('taking', 'settled')), models.Q(models.Q(('taking', 'settled'), _negated=True), ('settled_by__isnull', True)), _connector='OR'), name='field_event_settled_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('1.1', 'complete interview'), ('1.2', 'partial interview'), ('2.111', 'the household refused'), ('2.112', 'the person chosen refused'), ('2.12', 'broken off'), ('2.23', 'could not enter the building'), ('2.24', 'nobody at home'), ('2.25', 'the person chosen was not there'), ('2.32', 'not able to answer, by illness or disability'), ('2.33', 'no language in common'), ('2.36', 'eligible, not interviewed for another reason'), ('3.11', 'not tried'), ('3.17', 'could not be reached, or unsafe'), ('3.18', 'the address was not found'), ('3.21', 'lived in; who lives there is not known'), ('4.5', 'not a dwelling'), ('4.6', 'nobody lives there'), ('4.7', 'nobody there is of the age asked for')], max_length=5)),
                ('adults', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('chosen', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('again_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='literacy.case')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attempt', to='literacy.fieldevent')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('chosen__isnull', True), models.Q(('chosen__gte', 1), ('chosen__lte', models.F('adults'))), _connector='OR'), name='attempt_chose_somebody_there')],
            },
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('complete', models.BooleanField(default=True)),
                ('answers', models.JSONField(default=dict)),
                ('background', models.JSONField(default=dict)),
                ('seconds', models.JSONField(default=dict)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interviews', to='literacy.case')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='interview', to='literacy.fieldevent')),
            ],
            options={
                'ordering': ['case', 'version'],
                'constraints': [models.UniqueConstraint(fields=('case', 'version'), name='interview_version_once'), models.CheckConstraint(condition=models.Q(('ended_at__gte', models.F('begun_at'))), name='interview_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='BackCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawn_at', models.DateTimeField()),
                ('found', models.CharField(blank=True, choices=[('agrees', 'it agrees'), ('differs', 'it differs'), ('never_held', 'no such interview was held'), ('not_reached', 'nobody was reached')], default='', max_length=12)),
                ('remark', models.CharField(blank=True, default='', max_length=300)),
                ('at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='back_check', to='literacy.case')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('at__isnull', True), ('by__isnull', True), ('found', '')), models.Q(models.Q(('found', ''), _negated=True), ('at__isnull', False), ('by__isnull', False)), _connector='OR'), name='back_check_found_by_somebody')],
            },
        ),
    ]
