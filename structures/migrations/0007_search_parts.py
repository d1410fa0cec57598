"""On PostgreSQL, the desk's search by parts of words has an index."""

from django.db import migrations

from clea.trigrams import search_parts


class Migration(migrations.Migration):
    dependencies = [("structures", "0006_count_venues")]

    operations = [
        search_parts("structures_structure"),
        search_parts("structures_professional"),
    ]
