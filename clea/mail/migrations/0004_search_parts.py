"""On PostgreSQL, the desk's search by parts of words has an index."""

from django.db import migrations

from clea.trigrams import search_parts


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_newest")]

    operations = [
        search_parts("mail_outgoingmail"),
    ]
