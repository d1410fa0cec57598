from django.db import migrations


class Migration(migrations.Migration):
    """What was sent may be taken off the site: the service, not the row, says what comes first."""

    dependencies = [("residencies", "0004_picture_thumbnail")]

    operations = [migrations.RemoveConstraint(model_name="news", name="news_sent_once_published")]
