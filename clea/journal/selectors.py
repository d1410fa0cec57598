"""Reading the journal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Model, Q, QuerySet

from clea.journal.models import ActorSnapshot, Entry

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def identify(target: Model) -> tuple[str, str]:
    """How the journal names a row: its model, then its ``uuid`` if it has one, else its key.

    A proxy is named as what it stands for. ``ValueError`` on a row that is not saved yet.
    """
    model = target._meta.concrete_model or type(target)
    key = getattr(target, "uuid", None) or target.pk
    if target.pk is None or key is None:
        raise ValueError(f"{model._meta.label_lower}: save the row before naming it in the journal")
    return model._meta.label_lower, str(key)


def entries_by(user: User | AnonymousUser) -> QuerySet[Entry]:
    """What this person did, the latest first. Two queries, the first of them now.

    Their names are given by their keys: the database then knows whether they wrote most of the journal, which it
    reads from its end, or a few of its lines.
    """
    names = ActorSnapshot.objects.filter(user_uuid=user.uuid)  # type: ignore[union-attr]
    return Entry.objects.filter(actor__in=list(names.values_list("pk", flat=True))).order_by("-seq")


def entries_for(*targets: Model) -> QuerySet[Entry]:
    """Lines about any of these rows, newest first, with who acted. One query; none for no row."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for target in targets:
        kind, key = identify(target)
        wanted[kind].append(key)
    if not wanted:
        return Entry.objects.none()
    condition = Q()
    for kind, keys in wanted.items():
        condition |= Q(target_type=kind, target_id__in=keys)
    return Entry.objects.filter(condition).select_related("actor").order_by("-seq")
