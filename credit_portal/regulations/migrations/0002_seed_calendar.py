"""A fresh database knows the years that the calendar package knows."""

from django.db import migrations

from credit_portal.regulations.seed import package_years, source_of


def seed(apps, schema_editor):
    year_model = apps.get_model("regulations", "CalendarYear")
    day_model = apps.get_model("regulations", "CalendarDay")
    years = package_years()
    year_model.objects.bulk_create(
        [year_model(year=year, source=source_of(year)) for year in years], ignore_conflicts=True
    )
    day_model.objects.bulk_create(
        [
            day_model(day=row.day, kind=row.kind, name=row.name, source=source_of(year))
            for year, rows in years.items()
            for row in rows
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("regulations", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
