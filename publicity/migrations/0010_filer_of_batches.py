from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publicity', '0009_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='filer',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='表中的填报单位'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='penaltydecision',
            name='deadline_on',
            field=models.DateField(verbose_name='最迟公示日'),
        ),
        migrations.AlterField(
            model_name='permitdecision',
            name='deadline_on',
            field=models.DateField(verbose_name='最迟公示日'),
        ),
    ]
