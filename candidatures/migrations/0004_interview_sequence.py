from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0003_reasons_of_the_jury")]

    operations = [
        migrations.AddField(
            model_name="interviewinvitation",
            name="sequence",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
