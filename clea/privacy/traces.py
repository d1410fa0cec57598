"""What a row leaves elsewhere on this floor: messages about it, long work that names it, versions, the admin's log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.jobs.enums import ACTIVE
from clea.jobs.models import Job
from clea.journal.selectors import identify
from clea.mail.models import OutgoingMail


@dataclass(frozen=True)
class Trace:
    """Who a row was, noted before it goes."""

    model: type[models.Model]
    pk: int
    about: tuple[str, str]


def of(rows: Iterable[models.Model]) -> list[Trace]:
    return [Trace(type(row), row.pk, identify(row)) for row in rows]


def forget(traces: list[Trace], *, names: Iterable[str] = ()) -> Counter[str]:
    """Take these traces away, in the transaction of what takes the rows; how many rows, by model.

    ``names``: keys by which long work may name them (``params``). Raises ``Refused`` while a message about
    them is being handed over, or long work that names them runs: a moment later it is over.
    """
    gone: Counter[str] = Counter()
    by_type: dict[str, list[str]] = {}
    for one in traces:
        by_type.setdefault(one.about[0], []).append(one.about[1])
    for about_type, keys in by_type.items():
        gone += forget_mails(OutgoingMail.objects.filter(about_type=about_type, about_id__in=keys))
    gone += _forget_jobs([*names, *(one.about[1] for one in traces)])
    by_model: dict[type[models.Model], list[int]] = {}
    for one in traces:
        by_model.setdefault(one.model, []).append(one.pk)
    kinds = ContentType.objects.get_for_models(*by_model) if by_model else {}
    for model, pks in by_model.items():
        logged = LogEntry.objects.filter(content_type=kinds[model], object_id__in=[str(pk) for pk in pks])
        gone["admin.LogEntry"] += logged.delete()[0]
        history = getattr(model, "history", None)
        if history is not None:
            gone[history.model._meta.label] += history.filter(pk__in=history.filter(id__in=pks).values("pk")).delete()[
                0
            ]
    return +gone


def forget_mails(rows: models.QuerySet[OutgoingMail]) -> Counter[str]:
    """Erase these messages, what was attached and what the server answered."""
    if rows.filter(claimed_until__gt=timezone.now()).exists():
        raise Refused(_("Un message qui en parle est en train de partir : recommencez dans quelques minutes."))
    return Counter(rows.delete()[1])


def _forget_jobs(keys: list[str]) -> Counter[str]:
    """Work that names what goes, with the file it left: an archive of dossiers outlives none of them."""
    gone: Counter[str] = Counter()
    wanted = set(keys)
    for job in Job.objects.select_related("result", "sent").filter(params__has_key="dossiers"):
        if wanted.isdisjoint(_strings(job.params)):
            continue
        if job.state in ACTIVE:
            raise Refused(_("Un travail en cours porte sur ce dossier : attendez sa fin, puis recommencez."))
        gone += forget_job(job)
    return gone


def forget_job(job: Job) -> Counter[str]:
    """A piece of long work and its files."""
    gone: Counter[str] = Counter({Job._meta.label: 1})
    files = [stored for stored in (job.result, job.sent) if stored is not None]
    job.delete()
    for stored in files:
        documents.discard(stored)
        gone[StoredFile._meta.label] += 1
    return gone


def _strings(params: object) -> set[str]:
    if isinstance(params, dict):
        return {text for value in params.values() for text in _strings(value)}
    if isinstance(params, list):
        return {text for value in params for text in _strings(value)}
    return {params} if isinstance(params, str) else {json.dumps(params)}
