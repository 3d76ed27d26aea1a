"""Where the public reaches an organ."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_firms")]

    operations = [
        migrations.AddField(
            model_name="department",
            name="public_phone",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="对外电话"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="department",
            name="public_address",
            field=models.CharField(
                blank=True, default="", max_length=200, verbose_name="对外办公地址"
            ),
            preserve_default=False,
        ),
    ]
