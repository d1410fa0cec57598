"""On PostgreSQL, the desk's search by parts of words has an index."""

from django.db import migrations

from clea.trigrams import search_parts


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions")]

    operations = [
        search_parts("accounts_user"),
    ]
