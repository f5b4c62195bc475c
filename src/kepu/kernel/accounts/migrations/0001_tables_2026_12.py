import django.db.models.deletion
import kepu.kernel.accounts.keys
import kepu.kernel.accounts.models.people
import kepu.kernel.divisions.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0001_tables'), ('accounts', '0002_units_that_hang_together')]

    initial = True

    dependencies = [
        ('divisions', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('division_at', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('division_now', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('path', kepu.kernel.divisions.fields.PathField(db_index=True, max_length=60)),
                ('name', models.CharField(max_length=120)),
                ('sort_key', models.CharField(blank=True, default='', max_length=240)),
                ('kind', models.CharField(choices=[('department', '部门'), ('association', '科协、学会'), ('school', '学校'), ('hospital', '医院'), ('institute', '科研院所'), ('firm', '企业'), ('venue', '场馆'), ('social', '社会组织')], max_length=20)),
                ('credit_code', models.CharField(blank=True, max_length=18, null=True, unique=True)),
                ('active', models.BooleanField(default=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='accounts.organisation')),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='accounts.organisation')),
            ],
            options={
                'ordering': ['sort_key', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('pk')), _negated=True), _connector='OR'), name='no_unit_is_part_of_itself'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='no_unit_is_merged_into_itself')],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone_digest', models.CharField(db_index=True, max_length=64)),
                ('address_digest', models.CharField(db_index=True, max_length=64)),
                ('code_digest', models.CharField(max_length=64)),
                ('sealed', models.BinaryField(default=b'')),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='code_expires_later')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('pseudonym', models.CharField(default=kepu.kernel.accounts.models.people.new_pseudonym, editable=False, max_length=20, unique=True)),
                ('login', models.CharField(blank=True, max_length=60, null=True, unique=True)),
                ('phone_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('id_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('email_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('proved_email', models.CharField(blank=True, default='', max_length=64)),
                ('data_key', models.BinaryField(default=kepu.kernel.accounts.keys.new_wrapped_key, null=True)),
                ('sealed', models.BinaryField(default=b'')),
                ('home', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='divisions.division')),
                ('is_active', models.BooleanField(default=True)),
                ('language', models.CharField(default='zh-hans', max_length=10)),
                ('large_type', models.BooleanField(default=False)),
                ('guardian', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wards', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('data_key__isnull', False), ('erased_at__isnull', True)), models.Q(('data_key__isnull', True), ('erased_at__isnull', False)), _connector='OR'), name='erased_person_has_no_key'), models.CheckConstraint(condition=models.Q(('guardian__isnull', True), models.Q(('guardian', models.F('id')), _negated=True), _connector='OR'), name='nobody_guards_themselves')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('what', models.CharField(max_length=40)),
                ('text_version', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('person', 'what'), name='consent_stands_once'), models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), ('withdrawn_at__gte', models.F('at')), _connector='OR'), name='consent_withdrawn_after_given')],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('agent', models.CharField(blank=True, default='', max_length=120)),
                ('signed_in_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('idle_minutes', models.PositiveIntegerField()),
                ('limited', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-seen_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factors', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('totp', 'authenticator app'), ('passkey', 'passkey'), ('recovery', 'recovery codes')], max_length=10)),
                ('title', models.CharField(blank=True, default='', max_length=60)),
                ('sealed', models.BinaryField()),
                ('counter', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind__in', ['totp', 'recovery'])), fields=('user', 'kind'), name='factor_one_of_its_kind')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.CharField(max_length=200)),
                ('subject_digest', models.CharField(max_length=64, unique=True)),
                ('bound_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'issuer'), name='identity_one_each_issuer')],
            },
        ),
        migrations.CreateModel(
            name='MailCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mail_codes', to=settings.AUTH_USER_MODEL)),
                ('email_digest', models.CharField(max_length=64)),
                ('code_digest', models.CharField(max_length=64)),
                ('sealed', models.BinaryField(default=b'')),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='mail_code_expires_later')],
            },
        ),
        migrations.CreateModel(
            name='PhoneChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phone_changes', to=settings.AUTH_USER_MODEL)),
                ('sealed', models.BinaryField(default=b'')),
                ('at', models.DateTimeField()),
                ('told_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('title', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
