"""The category as a column of its own, for the filter of the public lists; an index for parts of document numbers."""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func, Value
from django.db.models.functions import Upper

FROM_SNAPSHOT = """
    UPDATE publicity_publication SET category = coalesce(
      (SELECT left(field->>'value', 256) FROM jsonb_array_elements(snapshot) AS field
        WHERE field->>'code' IN ('CF_CFLB', 'XK_XKLB') LIMIT 1), '')
"""


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="category",
            field=models.CharField(blank=True, default="", max_length=256, verbose_name="类别"),
            preserve_default=False,
        ),
        migrations.RunSQL(FROM_SNAPSHOT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="publication",
            index=django.contrib.postgres.indexes.GinIndex(
                Func(
                    Func(
                        Upper(F("document_number")),
                        Value("()[]{}（）［］｛｝〔〕【】〖〗 　"),
                        Value(""),
                        function="translate",
                    ),
                    function="bigrams",
                ),
                name="publication_number_bigrams",
            ),
        ),
    ]
