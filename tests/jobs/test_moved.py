"""What was moved to the background: few are done at once, many in a job that shows how far it is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Letter
from clea.errors import Refused
from clea.jobs import running
from clea.jobs.enums import JobState
from clea.jobs.models import Job
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.services import news_notices
from tests.candidatures.desk import LIST
from tests.candidatures.jury.decided import Decided
from tests.factories.candidatures import ApplicationFactory, CallFactory
from tests.factories.communication import NewsFactory, subscribe_many
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


def seen(client: Client, job: Job) -> str:
    page = client.get(job.get_absolute_url()).content.decode()
    return page.replace("&#x27;", "'").replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_the_archive_of_many_dossiers_waits_for_who_asked(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("candidatures.jobs.AT_ONCE", 2)
    call = CallFactory(complete=True)
    dossiers = [ApplicationFactory(call=call, submitted=True, artist_name=name) for name in ("Un", "Deux", "Trois")]
    client.force_login(CoordinatorFactory(territory=call.territory))
    data = {"action": "export_zip", "_selected_action": [row.pk for row in dossiers], "select_across": "0"}
    asked = client.post(LIST, data)
    answer = client.post(LIST, data | {"confirme": asked.context["seen"]})
    job = Job.objects.get()
    assert answer.headers["Location"] == job.get_absolute_url()
    assert Entry.objects.filter(verb="application.exported").count() == 1
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3), job.message
    assert "3 dossiers dans l'archive." in seen(client, job)
    assert job.result is not None
    content = b"".join(client.get(f"/fichiers/{job.result.uuid}/").streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        folders = {name.partition("/")[0].partition(" ")[2] for name in opened.namelist() if "/" in name}
    assert folders == {"Un", "Deux", "Trois"}


def test_many_letters_are_drafted_one_by_one_and_what_stops_one_is_said(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("candidatures.admin.jury.letters.MANY", 2)
    decided = Decided(selected=1, reserve=1, declined=1)
    client.force_login(decided.desk)
    everyone = [*decided.selected, *decided.reserve, *decided.declined]
    draft = reverse("admin:candidatures_jury_letters_draft", args=[decided.jury.uuid])
    data = {"dossier": [str(row.uuid) for row in everyone], "answer_by_date": "01/01/2100", "answer_by_time": ""}
    declined = decided.jury.letter_rules.filter(outcome="declined")
    declined.update(is_active=False)
    refused = client.post(draft, data).content.decode()
    assert "Aucune règle de courrier ne s" in refused, "said at once, before anything is begun"
    declined.update(is_active=True)
    client.post(draft, data)
    declined.update(is_active=False)
    job = Job.objects.get()
    running.run(job.pk)
    job.refresh_from_db()
    page = seen(client, job)
    assert "2 courriers préparés" in page
    assert f"{decided.declined[0].display_name} : " in page
    assert Letter.objects.count() == 2


def test_a_news_to_many_goes_on_where_it_stopped_and_nobody_gets_it_twice(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("residencies.admin.communication_news.MANY", 3)
    territory = TerritoryFactory()
    client.force_login(CoordinatorFactory(territory=territory))
    news = NewsFactory(territory=territory, published=True)
    subscribe_many(6, territory=territory)
    answer = client.post(reverse("admin:residencies_news_send", args=[news.uuid]))
    job = Job.objects.get()
    assert answer.headers["Location"] == job.get_absolute_url()
    write, calls = news_notices.published, []

    def fails_at_four(**values: Any) -> None:
        write(**values)
        calls.append(values["subscriber"].pk)
        if len(calls) == 4:
            raise Refused("Le serveur de base de données a redémarré.")

    monkeypatch.setattr(news_notices, "published", fails_at_four)
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.FAILED, 3, 6)
    assert OutgoingMail.objects.count() == 3, "the fourth was not kept: its step did not end"
    subscribe_many(1, territory=territory)
    client.post(reverse("jobs:restart", args=[job.uuid]))
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 6, 6)
    assert OutgoingMail.objects.values("to").distinct().count() == OutgoingMail.objects.count() == 6
    assert Entry.objects.get(verb="news.sent").data["subscribers"] == 6
