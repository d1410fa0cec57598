"""What the antivirus asks of the coordination: files it holds, files it has not looked at for hours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.documents import keepers, rules, scanner
from clea.documents.enums import ScanState
from clea.documents.models import StoredFile
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    from clea.accounts.models import User


def items(request: HttpRequest) -> list[DeskItem]:
    """One query while nothing is withheld, two else."""
    user: User = request.user  # type: ignore[assignment]
    if not StoredFile.objects.withheld().exists():
        return []
    held, waiting = (
        Q(scan=ScanState.INFECTED),
        Q(scan=ScanState.WAITING, scanned_at__lte=timezone.now() - rules.patience()),
    )
    found = (
        StoredFile.objects.withheld()
        .originals()
        .filter(keepers.reach(user))
        .aggregate(
            held=Count("pk", filter=held),
            held_since=Min("scanned_at", filter=held),
            waiting=Count("pk", filter=waiting),
            waiting_since=Min("scanned_at", filter=waiting),
        )
    )
    lines = [
        DeskItem(
            label=ngettext("fichier retenu par l'antivirus", "fichiers retenus par l'antivirus", found["held"]),
            count=found["held"],
            url=_list(ScanState.INFECTED),
            urgency="now",
            detail=_("Redemandez la pièce, ou libérez le fichier si c'est une fausse alerte."),
            since=found["held_since"],
        ),
        DeskItem(
            label=ngettext(
                "fichier que l'antivirus n'a pas analysé", "fichiers que l'antivirus n'a pas analysés", found["waiting"]
            ),
            count=found["waiting"],
            url=_list(ScanState.WAITING),
            urgency="now",
            detail=_("Il ne répond plus : prévenez la personne qui administre le site, ou libérez le fichier.")
            if scanner.enabled()
            else _("Aucun antivirus n'est plus installé : libérez le fichier."),
            since=found["waiting_since"],
        ),
    ]
    return [line for line in lines if line.count]


def _list(state: ScanState) -> str:
    return f"{reverse('admin:documents_heldfile_changelist')}?{urlencode({'scan__exact': state.value})}"
