"""What a penalty costs as columns of its own, so that lists can show it without reading the frozen text."""

from django.db import migrations, models

# The amounts as they stand in the snapshot; what is no plain number (none is known) stays out.
FROM_SNAPSHOT = """
    UPDATE publicity_publication AS row SET {column} = (
      SELECT (field->>'value')::numeric FROM jsonb_array_elements(row.snapshot) AS field
       WHERE field->>'code' = '{code}' AND field->>'value' ~ '^[0-9]{{1,7}}([.][0-9]+)?$' LIMIT 1)
     WHERE kind = 'penalty'
"""
FINES = FROM_SNAPSHOT.format(column="fine_amount", code="CF_NR_FK")
CONFISCATIONS = FROM_SNAPSHOT.format(column="confiscated_amount", code="CF_NR_WFFF")


class Migration(migrations.Migration):
    dependencies = [("publicity", "0004_public_in_order")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="fine_amount",
            field=models.DecimalField(
                decimal_places=6, max_digits=13, null=True, verbose_name="罚款金额（万元）"
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="confiscated_amount",
            field=models.DecimalField(
                decimal_places=6, max_digits=13, null=True, verbose_name="没收金额（万元）"
            ),
        ),
        migrations.RunSQL(FINES, migrations.RunSQL.noop),
        migrations.RunSQL(CONFISCATIONS, migrations.RunSQL.noop),
    ]
