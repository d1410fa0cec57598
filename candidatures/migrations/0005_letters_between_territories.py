from django.db import migrations, models

OUTCOMES = [
    ("selected", "candidature retenue"),
    ("reserve", "liste complémentaire"),
    ("declined", "candidature non retenue"),
    ("ineligible", "candidature non recevable"),
    ("called", "appelée depuis la liste complémentaire"),
    ("elsewhere", "retenue par un autre territoire"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0004_interview_sequence"),
    ]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="outcome",
            field=models.CharField(choices=OUTCOMES, max_length=12, verbose_name="annonce"),
        ),
        migrations.AlterField(
            model_name="letterrule",
            name="outcome",
            field=models.CharField(choices=OUTCOMES, max_length=12, verbose_name="annonce"),
        ),
    ]
