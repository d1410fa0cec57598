"""Indexes for what anyone reads of the sessions: the agenda, and how many were held in a commune."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residencies", "0004_sessions_planned")]

    operations = [
        migrations.AddIndex(
            "session", models.Index(fields=["ends_at"], condition=models.Q(is_public=True), name="session_public")
        ),
        migrations.AddIndex(
            "session",
            models.Index(fields=["host"], condition=models.Q(state="held", commune=None), name="session_held_at_host"),
        ),
    ]
