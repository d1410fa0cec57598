"""An index of the named structures in activity, so that counting a territory's does not read them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("structures", "0005_professional_name")]

    operations = [
        migrations.AddIndex(
            "structure",
            models.Index(
                fields=["territory", "commune"],
                condition=models.Q(is_active=True, is_category=False),
                name="structure_venues",
            ),
        ),
    ]
