"""What proves the sheets of firms' reports. Nobody rewrites it, not even with replication triggers off."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE FUNCTION firm_reports_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reports of firms are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON publicity_firmreport
    FOR EACH ROW EXECUTE FUNCTION firm_reports_append_only();
ALTER TABLE publicity_firmreport ENABLE ALWAYS TRIGGER append_only;
"""

UNDO = """
DROP TRIGGER append_only ON publicity_firmreport;
DROP FUNCTION firm_reports_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('publicity', '0005_amounts_of_penalties'),
        ('records', '0003_firms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FirmReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('issued_at', models.DateTimeField(verbose_name='出具时间')),
                ('state', models.CharField(max_length=64, verbose_name='记录摘要')),
                ('digest', models.CharField(max_length=64, verbose_name='校验摘要')),
                ('file_digest', models.CharField(max_length=64, verbose_name='文件摘要')),
                ('entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='records.marketentity', verbose_name='企业')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='下载人')),
            ],
            options={
                'verbose_name': '企业信用报告',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__regex', '^XB-[0-9]{8}-[0-9A-F]{10}$')), name='report_number')],
            },
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
