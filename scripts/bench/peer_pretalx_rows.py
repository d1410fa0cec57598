"""Shape S in pretalx, by its own models and services; run by the Python of its venv, on an empty migrated database.

300 submissions, 8 reviewers, 1 500 reviews with a score in each of three categories, one open call. Prints, as JSON,
the pages to ask for, the cookie of who asks, and the queries of each as Django's test client counts them.
"""
# pretalx is not installed beside CLEA: neither mypy nor ruff's import rules can see it.
# mypy: ignore-errors

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretalx.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402
from pretalx.event.domain.event import create_event  # noqa: E402
from pretalx.event.domain.organiser import create_organiser_with_team  # noqa: E402
from pretalx.event.models import Team  # noqa: E402
from pretalx.person.domain.user import create_user  # noqa: E402
from pretalx.submission.domain.review import create_or_update_review  # noqa: E402
from pretalx.submission.domain.submission import create_submission  # noqa: E402
from pretalx.submission.models import (  # noqa: E402
    Review,
    ReviewScore,
    ReviewScoreCategory,
    Submission,
    SubmissionType,
    Track,
)

SUBMISSIONS, REVIEWERS, READINGS = 300, 8, 5
WORDS = "résidence habitants paysage minier mémoire théâtre objets danse école atelier village avec les du".split()  # noqa: SIM905


def text(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count)).capitalize() + "."


def fill():
    chance = random.Random(0)  # noqa: S311
    organiser, _team = create_organiser_with_team(name="Territoire", slug="territoire", users=[])
    day = (now() + dt.timedelta(days=60)).date()
    event = create_event(
        organiser=organiser, locales=["en"], name="CLEA", slug="clea", is_public=True, date_from=day,
        date_to=day + dt.timedelta(days=2), timezone="Europe/Paris", email="bureau@exemple.test", locale="en",
        landing_page_text=text(chance, 120),
    )  # fmt: skip
    with scope(event=event):
        tracks = [Track.objects.create(event=event, name=name, color="#336699") for name in ("Danse", "Arts visuels")]
        kind = SubmissionType.objects.create(event=event, name="Résidence", default_duration=90)
        event.cfp.headline, event.cfp.text = "Appel à résidences", text(chance, 300)
        event.cfp.deadline = now() + dt.timedelta(days=20)
        event.cfp.save()
        for name in ("Territoire", "Médiation"):
            category = ReviewScoreCategory.objects.create(event=event, name=name)
            for value in range(5):
                ReviewScore.objects.create(category=category, value=value, label=str(value))
        scores = {one: list(one.scores.all()) for one in event.score_categories.all()}
        desk = create_user(email="bureau@exemple.test", name="Bureau")
        rights = dict.fromkeys(("can_change_submissions", "can_change_event_settings", "can_change_teams"), True)
        team = Team.objects.create(organiser=organiser, name="Bureau", all_events=True, **rights)
        team.members.add(desk)
        jury = Team.objects.create(organiser=organiser, name="Jury", is_reviewer=True, all_events=True)
        readers = [create_user(email=f"jure{n}@exemple.test", name=f"Juré {n}") for n in range(REVIEWERS)]
        jury.members.add(*readers)
        made = []
        for n in range(SUBMISSIONS):
            artist = create_user(email=f"artiste{n}@exemple.test", name=f"Ada Nom{n}", event=event)
            row = Submission(
                event=event, title=f"Élan {n}", submission_type=kind, track=tracks[n % 2], content_locale="en",
                abstract=text(chance, 40), description=text(chance, 200),
            )  # fmt: skip
            made.append(create_submission(submission=row, user=artist, speakers=[artist]))
        for n, row in enumerate(made):
            for k in range(READINGS):
                given = [chance.choice(scores[one]) for one in scores]
                create_or_update_review(
                    submission=row, user=readers[(n + k) % REVIEWERS], text=text(chance, 60), scores=given
                )
        phase = event.review_phases.order_by("pk").first()
        phase.is_active, phase.start, phase.can_see_other_reviews = True, None, "after_review"
        phase.save()
    return event, desk, readers[0], made[0]


def pages(event, desk, reader, submission):
    """What is asked, by whom; ``post``: the form of the export."""
    home = f"/orga/event/{event.slug}"
    fields = ["submission_id", "submission_title", "user_name", "user_email", "score", "text", "created"]
    export = {"export_format": "csv", "target": "all"} | dict.fromkeys(fields, "on")
    return [
        ("public call page", None, f"/{event.slug}/cfp", None),
        ("coordinator's list, 50 of 300", desk, f"{home}/submissions/?page_size=50", None),
        ("juror's desk", reader, f"{home}/reviews/", None),
        ("one review page", reader, f"{home}/submissions/{submission.code}/reviews/", None),
        ("export of reviews", desk, f"{home}/reviews/export/", export),
    ]


def counted(name, user, path, post):
    client = Client(HTTP_HOST="127.0.0.1")
    if user:
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}" if user else ""
    ask = (lambda: client.post(path, post)) if post else (lambda: client.get(path))
    ask()
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
    size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    return {"name": name, "path": path, "cookie": cookie, "post": post, "queries": len(queries),
            "status": answer.status_code, "size": size}  # fmt: skip


if __name__ == "__main__":
    # Nobody signs in by a password here: no need to spend half a minute on hashing them well.
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, scopes_disabled(), transaction.atomic():
        found = fill()
        told = Review.objects.count()
    print(f"{told} reviews", file=sys.stderr)
    print(json.dumps([counted(*row) for row in pages(*found)]))
