"""What this app holds about people, for how long, and how it goes (rules.md 25)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import ApplicationState
from candidatures.models import Application, Call, ContactMessage, Extension
from candidatures.rules import retention
from candidatures.services import erasure
from candidatures.services.applications import lock
from candidatures.services.notices import absolute
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.i18n import localised
from clea.journal import services as journal
from clea.mail import services as mail
from clea.privacy import holdings, traces
from clea.privacy.holdings import Disposed, Due, Holding
from clea.privacy.months import after
from clea.ui.dates import day as in_words

if TYPE_CHECKING:
    from clea.accounts.models import User

S = ApplicationState
DRAFTS, REFUSED, SELECTED = "dossiers.brouillons", "dossiers.non-retenus", "dossiers.retenus"

#: Dossiers from which something lives on, said by an upper floor.
Tie = Callable[[QuerySet[Application]], QuerySet[Application]]
_ties: list[Tie] = []


def register_tie(tie: Tie) -> None:
    """Say which of these dossiers an app needs for the contract's life, from its ``AppConfig.ready``."""
    if tie not in _ties:
        _ties.append(tie)


def tied(rows: QuerySet[Application]) -> set[int]:
    """Which of these the contract needs: selected, accepted, or said so by an upper floor."""
    found = set(rows.filter(Q(state=S.SELECTED) | Q(offers__state="accepted")).values_list("pk", flat=True))
    return found.union(*(tie(rows).values_list("pk", flat=True) for tie in _ties))


# Dossiers --------------------------------------------------------------------------------------


def _kind(application: Application, tied: bool) -> str:
    if tied:
        return SELECTED
    return DRAFTS if application.last_deposit_id is None else REFUSED


def _of(scope: str) -> QuerySet[Application]:
    return Application.objects.filter(call__season__programme__territory__slug=scope)


def _finder(kind: str) -> Callable[[str, date], Iterator[Due]]:
    def find(scope: str, until: date) -> Iterator[Due]:
        rows = _of(scope).select_related("call__season__programme", "last_deposit").order_by("call", "pk")
        rows = rows.filter(last_deposit__isnull=kind == DRAFTS)
        if kind == DRAFTS:
            rows = rows.exclude(_has_time())
        held = tied(_of(scope)) if rows.exists() else set()
        due = []
        for row in rows:
            end = retention.kept_until(row, tied=row.pk in held)
            if end is not None and end <= until and _kind(row, row.pk in held) == kind:
                due.append((row, end))
        weights = _weights([row.pk for row, _end in due])
        for row, end in due:
            hashes, size = weights.get(row.pk, ((), 0))
            yield Due(
                subject=str(row.uuid),
                reference=_reference(row),
                since=retention.clock_starts(row) or end,
                due_on=end,
                rows=1,
                sha256=hashes,
                size=size,
            )

    return find


def _has_time() -> Exists:
    """Their owner was granted a delay that runs still: the draft may be filed."""
    running = Extension.objects.filter(call=OuterRef("call"), user=OuterRef("owner"), until__gt=timezone.now())
    return Exists(running)


def _reference(row: Application) -> str:
    """A number, never a name."""
    if row.last_deposit is None:
        number = _("brouillon du %(day)s") % {"day": f"{timezone.localtime(row.created_at):%d/%m/%Y}"}
    else:
        number = row.last_deposit.number
    return f"{number} – {row.call.title}"


def _weights(pks: list[int]) -> dict[int, tuple[tuple[str, ...], int]]:
    """The files of each dossier: fingerprints and bytes. Four queries, whatever their number."""
    found: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)
    for path in ("documents__", "deposit_pieces__deposit__", "assemblies__deposit__", "blind_copies__deposit__"):
        rows = (
            StoredFile.objects.filter(**{f"{path}application__in": pks})
            .order_by()
            .values_list(f"{path}application", "pk", "sha256", "size")
        )
        for owner, pk, sha256, size in rows:
            found[owner][pk] = (sha256, size)
    return {
        owner: (
            tuple(sorted(sha256 for sha256, _size in files.values())),
            sum(size for _sha256, size in files.values()),
        )
        for owner, files in found.items()
    }


def _disposer(kind: str) -> Callable[..., Disposed | None]:
    def dispose(*, by: User, scope: str, subject: str) -> Disposed | None:
        row = _of(scope).filter(uuid=subject).first()
        if row is None:
            return None
        # What is looked at now must still be so when it goes.
        row = lock(row)
        if kind == DRAFTS and Application.objects.filter(_has_time(), pk=row.pk).exists():
            raise Refused(_("Un délai a été accordé depuis : ce brouillon peut encore être déposé."))
        held = row.pk in tied(_of(scope).filter(pk=row.pk))
        end = retention.kept_until(row, tied=held)
        if end is None or end > timezone.localdate() or _kind(row, held) != kind:
            raise Refused(_("Sa conservation a été prolongée depuis : un accord, une date ou une décision a changé."))
        return erasure.erase(by=by, application=row, why="retention")

    return dispose


def warn(*, scope: str, subject: str, due_on: date) -> bool:
    """Tell the dossier's owner, once an end, how to keep a copy, and how to be kept in touch with."""
    row = _of(scope).filter(uuid=subject, owner__is_active=True).first()
    if row is None:
        return False
    row = lock(row)
    territory = row.call.territory
    with translation.override(row.owner.language):
        choice = _(
            "Vous pouvez aussi, sur cette page, accepter d'être recontacté ou recontactée pour d'autres appels : "
            "votre dossier serait alors gardé plus longtemps, 24 mois au plus après la procédure."
        )
        mail.queue(
            by=None,
            kind="application.retention",
            to=row.owner.email,
            language=row.owner.language,
            context={
                "nom": row.display_name,
                "appel": localised(row.call, "title"),
                "jour": in_words(due_on),
                "lien": absolute(reverse("applications:detail", args=[row.uuid])),
                "choix": choice if row.last_deposit_id and not row.keep_in_touch else "",
                "service": territory.service_name or territory.name,
                "courriel": row.call.contact_email,
            },
            about=row,
            scope=territory.slug,
            reply_to=row.call.contact_email,
        )
    journal.record(by=None, verb="application.retention_told", target=row, data={"due_on": due_on.isoformat()})
    return True


# Questions -------------------------------------------------------------------------------------


def _calls(scope: str) -> QuerySet[Call]:
    return Call.objects.filter(season__programme__territory__slug=scope)


def _questions_end(call: Call, last: date) -> date:
    return after(max(timezone.localdate(call.closes_at), last), settings.RETENTION["questions_months"])


def find_questions(scope: str, until: date) -> Iterator[Due]:
    """The questions received about each closed call, together."""
    by_call: dict[int, list[date]] = defaultdict(list)
    for pk, at in ContactMessage.objects.filter(call__in=_calls(scope)).values_list("call", "received_at"):
        by_call[pk].append(timezone.localdate(at))
    for call in _calls(scope).filter(pk__in=by_call).order_by("pk"):
        end = _questions_end(call, max(by_call[call.pk]))
        if end <= until:
            yield Due(
                subject=str(call.uuid), reference=call.title, since=timezone.localdate(call.closes_at), due_on=end,
                rows=len(by_call[call.pk]),
            )  # fmt: skip


def dispose_questions(*, by: User, scope: str, subject: str) -> Disposed | None:
    call = _calls(scope).filter(uuid=subject).first()
    rows = list(ContactMessage.objects.select_for_update().filter(call=call)) if call else []
    if call is None or not rows:
        return None
    if _questions_end(call, max(timezone.localdate(row.received_at) for row in rows)) > timezone.localdate():
        raise Refused(_("Des questions sont arrivées depuis : elles attendent encore."))
    gone = traces.forget(traces.of(rows))
    gone += Counter(ContactMessage.objects.filter(pk__in=[row.pk for row in rows]).delete()[1])
    journal.record(by=by, verb="questions.erased", target=call, data={"count": len(rows)})
    return Disposed(rows=dict(gone))


# The register ----------------------------------------------------------------------------------

_PUBLIC_TASK = gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)")
_DOSSIER_DATA = gettext_lazy(
    "Identité, coordonnées, parcours, projet, budget prévisionnel, pièces en PDF ; échanges, lectures et notes du jury."
)
_DOSSIER_MODELS = tuple(
    f"candidatures.{name}"
    for name in (
        "Application", "Member", "EligibilityDeclaration", "EligibilityCheck", "Document", "PieceAnswer", "WorkItem",
        "BudgetLine", "TerritoryClaim", "PieceRequest", "Deposit", "DepositPiece", "Assembly", "BlindCopy",
        "Collaborator", "Invitation", "Extension", "Review", "Score", "DiscussionComment", "Recusal", "Assignment",
        "InterviewSlot", "InterviewInvitation", "InterviewNote", "Letter", "Offer", "OutsideDecision", "Decision",
        "ChosenSet",
    )
)  # fmt: skip
_ERASED = gettext_lazy(
    "Lignes, fichiers, messages et travaux qui en parlent, sur un bordereau approuvé. Le procès-verbal reste : "
    "c'est une archive administrative."
)
_FIGURES = gettext_lazy(
    "Nombre de dossiers par issue ; disciplines, départements, pays et notes par groupes de cinq au moins."
)

HOLDINGS = (
    Holding(
        key=DRAFTS,
        rank=10,
        label=gettext_lazy("Brouillons jamais déposés"),
        people=gettext_lazy("Artistes qui ont commencé un dossier"),
        data=_DOSSIER_DATA,
        purpose=gettext_lazy("Permettre de préparer un dossier en plusieurs fois"),
        basis=gettext_lazy("Mesures précontractuelles à la demande de la personne (RGPD, article 6.1.b)"),
        duration=gettext_lazy("Celle que dit l'appel, trois mois à défaut"),
        clock=gettext_lazy("La clôture de l'appel"),
        erasure=_ERASED,
        statistics=gettext_lazy("Le nombre de brouillons"),
        recipients=gettext_lazy("Personne d'autre que l'artiste et qui partage son dossier"),
        models=_DOSSIER_MODELS,
        find=_finder(DRAFTS),
        dispose=_disposer(DRAFTS),
        warn=warn,
    ),
    Holding(
        key=REFUSED,
        rank=10,
        label=gettext_lazy("Dossiers non retenus"),
        people=gettext_lazy("Artistes dont le dossier n'a pas été retenu, ou retiré, ou non recevable"),
        data=_DOSSIER_DATA,
        purpose=gettext_lazy("Choisir les artistes en résidence"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Celle que dit l'appel, 3 mois à défaut ; 24 mois avec l'accord pour être recontacté"),
        clock=gettext_lazy("La fin de la procédure de l'appel"),
        erasure=_ERASED,
        statistics=_FIGURES,
        recipients=gettext_lazy("La coordination du territoire, les membres du jury pour les dossiers confiés"),
        models=_DOSSIER_MODELS,
        find=_finder(REFUSED),
        dispose=_disposer(REFUSED),
        warn=warn,
    ),
    Holding(
        key=SELECTED,
        rank=12,
        label=gettext_lazy("Dossiers retenus"),
        people=gettext_lazy("Artistes en résidence"),
        data=_DOSSIER_DATA,
        purpose=gettext_lazy("Conclure le contrat, le suivre, en rendre compte"),
        basis=gettext_lazy("Exécution du contrat (RGPD, article 6.1.b)"),
        duration=gettext_lazy("La vie du contrat, puis cinq ans (prescription)"),
        clock=gettext_lazy("La fin de la saison, une fois close"),
        erasure=_ERASED,
        statistics=_FIGURES,
        recipients=gettext_lazy("La coordination du territoire, le jury, les financeurs pour les comptes"),
        models=_DOSSIER_MODELS,
        find=_finder(SELECTED),
        dispose=_disposer(SELECTED),
        warn=warn,
    ),
    Holding(
        key="appels.questions",
        rank=20,
        label=gettext_lazy("Questions reçues sur un appel"),
        people=gettext_lazy("Personnes qui ont écrit par le formulaire"),
        data=gettext_lazy("Nom, adresse électronique, question"),
        purpose=gettext_lazy("Répondre"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Trois mois"),
        clock=gettext_lazy("La clôture de l'appel, ou la dernière question si elle est plus tardive"),
        erasure=gettext_lazy("Lignes et messages, sur un bordereau approuvé"),
        recipients=gettext_lazy("La coordination du territoire"),
        models=("candidatures.ContactMessage",),
        find=find_questions,
        dispose=dispose_questions,
    ),
    Holding(
        key="jury.membres",
        label=gettext_lazy("Membres des jurys et procès-verbaux"),
        people=gettext_lazy("Membres des jurys ; artistes nommés par le procès-verbal"),
        data=gettext_lazy("Nom, institution, fonction, présence, charge de lecture, engagement ; décisions"),
        purpose=gettext_lazy("Composer le jury, prouver la régularité de ses décisions"),
        basis=gettext_lazy("Obligation légale (RGPD, article 6.1.c) : archives publiques"),
        duration=gettext_lazy("Archives définitives : le procès-verbal signé est versé avec celles du service"),
        clock=gettext_lazy("–"),
        erasure=gettext_lazy(
            "Les lectures et les notes partent avec le dossier lu ; la composition et le procès-verbal restent"
        ),
        recipients=gettext_lazy("La coordination du territoire"),
        models=(
            "candidatures.Juror", "candidatures.Jury", "candidatures.JurySession", "candidatures.Attendance",
            "candidatures.Minutes",
        ),
    ),
)  # fmt: skip


def register() -> None:
    """Called when the app starts."""
    holdings.register(*HOLDINGS)
