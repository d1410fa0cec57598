from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="chainhead",
            name="public",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
    ]
