"""An index in the order of the public search, for fragments that many rows bear."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("publicity", "0003_search_by_number_and_person")]

    operations = [
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["-decided_on", "-id"],
                condition=Q(superseded=False),
                name="public_in_order",
            ),
        ),
    ]
