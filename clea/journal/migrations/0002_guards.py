"""The database refuses to change the journal. Reversible; see clea.journal.guards."""

from django.db import migrations

from clea.journal import guards


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
