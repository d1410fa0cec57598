"""What this app holds about people: the teams of the structures, their versions, the coordination's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.errors import Refused
from clea.journal import services as journal
from clea.privacy import holdings, traces
from clea.privacy.holdings import Disposed, Due, Holding
from clea.privacy.months import after
from structures.models import Professional, Structure

if TYPE_CHECKING:
    from clea.accounts.models import User

_AT_ONCE = 2000


def _end(structure: Structure) -> date:
    return after(timezone.localdate(structure.updated_at), settings.RETENTION["professionals_months"])


def find_teams(scope: str, until: date) -> Iterator[Due]:
    """The team of each structure that is out of use, once nobody has touched it for long. Two queries."""
    rows = Structure.objects.filter(territory__slug=scope, is_active=False, professionals__isnull=False).distinct()
    counts = Counter(Professional.objects.filter(structure__in=rows).values_list("structure", flat=True))
    for row in rows.order_by("pk"):
        if (end := _end(row)) <= until:
            yield Due(
                subject=str(row.uuid), reference=row.name, since=timezone.localdate(row.updated_at), due_on=end,
                rows=counts[row.pk],
            )  # fmt: skip


def dispose_team(*, by: User, scope: str, subject: str) -> Disposed | None:
    structure = Structure.objects.select_for_update().filter(uuid=subject, territory__slug=scope).first()
    rows = list(Professional.objects.filter(structure=structure)) if structure else []
    if structure is None or not rows:
        return None
    if structure.is_active or _end(structure) > timezone.localdate():
        raise Refused(_("Cette structure est de nouveau en service."))
    gone = traces.forget(traces.of(rows))
    gone += Counter(Professional.objects.filter(pk__in=[row.pk for row in rows]).delete()[1])
    journal.record(by=by, verb="professional.erased", target=structure, data={"count": len(rows)})
    return Disposed(rows=dict(gone))


def sweep_versions(today: date) -> int:
    """Former values of a team's members and of a structure's contacts: a version as old as a retention goes."""
    before = timezone.make_aware(datetime.combine(after(today, -settings.RETENTION["professionals_months"]), time.min))
    count = 0
    with transaction.atomic():
        for model in (Professional, Structure):
            history = model.history.model
            old = list(history.objects.filter(history_date__lt=before).values_list("pk", flat=True)[:_AT_ONCE])
            if old:
                history.objects.filter(pk__in=old).delete()
            count += len(old)
        if count:
            journal.record(by=None, verb="structure.versions_swept", data={"count": count})
    return count


HOLDINGS = (
    Holding(
        key="structures.equipes",
        rank=40,
        label=gettext_lazy("Équipes des structures"),
        people=gettext_lazy("Professionnelles et professionnels des structures"),
        data=gettext_lazy("Nom, fonction, adresse électronique et téléphone professionnels, et leurs versions"),
        purpose=gettext_lazy("Préparer les résidences avec une équipe de chaque structure"),
        basis=gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)"),
        duration=gettext_lazy("Tant que la structure participe, puis trois ans ; une version, trois ans"),
        clock=gettext_lazy("La mise hors service de la structure"),
        erasure=gettext_lazy("Lignes, versions et messages, sur un bordereau approuvé"),
        recipients=gettext_lazy("La coordination, l'équipe, les artistes de la structure"),
        models=(
            "structures.Professional", "structures.HistoricalProfessional", "structures.Structure",
            "structures.HistoricalStructure",
        ),
        find=find_teams,
        dispose=dispose_team,
        sweep=sweep_versions,
    ),
    Holding(
        key="coordination",
        label=gettext_lazy("Coordination"),
        people=gettext_lazy("Personnes qui coordonnent un territoire"),
        data=gettext_lazy("Compte, territoires tenus, coordonnées du service"),
        purpose=gettext_lazy("Ouvrir l'espace de coordination à qui en a la charge"),
        basis=gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)"),
        duration=gettext_lazy("La durée de la mission"),
        clock=gettext_lazy("Le départ"),
        erasure=gettext_lazy("Par l'administration du site"),
        models=("structures.TerritoryMembership", "structures.Territory"),
    ),
)  # fmt: skip

VERBS = {
    "professional.erased": gettext_lazy("équipe d'une structure effacée"),
    "structure.versions_swept": gettext_lazy("versions anciennes effacées"),
}


def register() -> None:
    """Called when the app starts."""
    from clea.journal import verbs

    verbs.register(VERBS)
    holdings.register(*HOLDINGS)
