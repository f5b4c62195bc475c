import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('notices', '0001_tables'), ('notices', '0002_ward')]

    initial = True

    dependencies = [
        ('accounts', '0001_tables_2026_12'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to=settings.AUTH_USER_MODEL)),
                ('way', models.CharField(choices=[('wechat', 'WeChat'), ('sms', 'short message'), ('email', 'e-mail'), ('webhook', 'webhook')], max_length=10)),
                ('sealed', models.BinaryField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'way'), name='contact_one_each_way')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('template', models.CharField(max_length=60)),
                ('sealed', models.BinaryField(default=b'')),
                ('link', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('ward', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['person', '-created_at'], name='notices_not_person__9657da_idx'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='notice_unread')],
            },
        ),
        migrations.CreateModel(
            name='OptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='optouts', to=settings.AUTH_USER_MODEL)),
                ('way', models.CharField(choices=[('wechat', 'WeChat'), ('sms', 'short message'), ('email', 'e-mail'), ('webhook', 'webhook')], max_length=10)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'way'), name='optout_once')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='notices.notice')),
                ('way', models.CharField(choices=[('wechat', 'WeChat'), ('sms', 'short message'), ('email', 'e-mail'), ('webhook', 'webhook')], max_length=10)),
                ('state', models.CharField(choices=[('begun', 'begun'), ('sent', 'sent'), ('refused', 'refused for good'), ('given_up', 'given up; another way was asked')], default='begun', max_length=8)),
                ('at', models.DateTimeField()),
                ('cost_fen', models.PositiveIntegerField(default=0)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('reference', models.CharField(blank=True, default='', max_length=120)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['way', 'at'], name='notices_att_way_db2c43_idx')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'way'), name='notice_one_attempt_each_way'), models.UniqueConstraint(condition=models.Q(('state', 'sent')), fields=('notice',), name='notice_sent_by_one_way')],
            },
        ),
    ]
