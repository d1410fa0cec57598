"""Files received during a residency that the antivirus holds, or has not looked at yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clea.accounts.models import User
from clea.documents.keepers import Keeper, Place
from clea.documents.models import StoredFile
from residencies.models import (
    Consent,
    ExpenseLine,
    Kit,
    MeetingPaper,
    Paper,
    Picture,
    PressItem,
    RequestedDocument,
    SentReceipt,
)
from structures.models import Territory
from structures.services.held_files import tell_coordination

#: Model, the column of what was received, the way to its territory, and the words for it.
_RECEIVED: list[tuple[type[Model], str, tuple[str, ...], Any]] = [
    (RequestedDocument, "stored_file", ("residency__season",), _("Document demandé à l'artiste")),
    (ExpenseLine, "receipt", ("claim__payment__residency__season",), _("Justificatif de frais")),
    (SentReceipt, "stored_file", ("residency__season",), _("Justificatif de frais")),
    (Picture, "stored_file", ("season",), _("Image")),
    (Consent, "proof", ("season",), _("Accord écrit")),
    (PressItem, "stored_file", ("season",), _("Article de presse")),
    (
        Paper,
        "signed_file",
        ("residency__season", "activity__season"),
        _("Contrat ou convention signés"),
    ),
    (MeetingPaper, "stored_file", ("meeting__season",), _("Document d'une réunion")),
    (Kit, "stored_file", ("season",), _("Dossier d'information")),
]


def reach(user: User) -> Q:
    territories = Territory.objects.coordinated_by(user)
    found = Q(pk__in=())
    for model, column, ways, _words in _RECEIVED:
        for way in ways:
            asked = {f"{way}__programme__territory__in": territories, f"{column}__isnull": False}
            found |= Q(pk__in=_rows(model).filter(**asked).values(column))
    return found


def places(files: Sequence[StoredFile]) -> dict[int, Place]:
    """One query a kind of file, whatever their number."""
    return {
        pk: Place(str(words))
        for model, column, _ways, words in _RECEIVED
        for pk in _rows(model).filter(**{f"{column}__in": files}).values_list(column, flat=True)
    }


def changed(stored: StoredFile) -> None:
    """The coordination is told of a file that is held; nothing is made of these that copies do not follow."""
    if not stored.infected:
        return
    found = places([stored])
    if stored.pk in found:
        territory = _territory(stored)
        if territory is not None and territory.contact_email:
            tell_coordination(territory=territory, to=territory.contact_email, stored=stored, place=found[stored.pk])


def _territory(stored: StoredFile) -> Territory | None:
    for model, column, ways, _words in _RECEIVED:
        for way in ways:
            pk = _rows(model).filter(**{column: stored}).values_list(f"{way}__programme__territory", flat=True).first()
            if pk is not None:
                return Territory.objects.get(pk=pk)
    return None


def _rows(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.all()


KEEPER = Keeper(reach=reach, places=places, changed=changed)
