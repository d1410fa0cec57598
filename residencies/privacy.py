"""What this app holds about people, for how long, and how it goes; what it needs of a dossier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures import privacy
from candidatures.models import Application
from candidatures.services import erasure
from clea.errors import Refused
from clea.journal import services as journal
from clea.privacy import holdings
from clea.privacy.holdings import Disposed, Due, Holding
from clea.privacy.months import after
from residencies.models import Event, Registration, Residency

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What stands for a name once the person is no longer kept.
NOBODY = "–"


# Dossiers --------------------------------------------------------------------------------------


def in_residence(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Dossiers that a residency came of: kept as long as its contract."""
    return rows.filter(residency__isnull=False)


def release(application: Application) -> None:
    """Let go of a dossier about to be erased. The residency stays: what it did is the bilan's.

    Raises ``Refused`` while its season is not closed.
    """
    residency = Residency.objects.select_for_update(of=("self",)).filter(application=application).first()
    if residency is None:
        return
    if residency.season.closed_at is None:
        raise Refused(
            _("Une résidence est née de ce dossier, et sa saison n'est pas close : il vit autant qu'elle."),
            code="in_residence",
        )
    Residency.objects.filter(pk=residency.pk).update(application=None, offer=None)


# Registrations ---------------------------------------------------------------------------------


def _end(event: Event) -> date:
    return after(timezone.localdate(event.ends_at), settings.RETENTION["registrations_months"])


def find_registrations(scope: str, until: date) -> Iterator[Due]:
    """The people registered to each past event, together. One query."""
    rows = (
        Event.objects.filter(season__programme__territory__slug=scope)
        .exclude(registrations=None)
        .filter(registrations__in=Registration.objects.exclude(email=""))
        .annotate(people_kept=Count("registrations", distinct=True))
        .order_by("pk")
    )
    for row in rows:
        if (end := _end(row)) <= until:
            yield Due(
                subject=str(row.uuid), reference=row.title, since=timezone.localdate(row.ends_at), due_on=end,
                rows=row.people_kept,
            )  # fmt: skip


def dispose_registrations(*, by: User, scope: str, subject: str) -> Disposed | None:
    """Names, addresses and notes go; the row stays with how many came, and from which structure."""
    event = (
        Event.objects.select_for_update(of=("self",))
        .filter(uuid=subject, season__programme__territory__slug=scope)
        .first()
    )
    if event is None:
        return None
    if _end(event) > timezone.localdate():
        raise Refused(_("La date de cet évènement a changé : le délai n'est pas passé."))
    named = event.registrations.exclude(email="")
    addresses = set(named.values_list("email", flat=True))
    count = named.update(name=NOBODY, email="", attendees="", note="", made_by=None)
    if not count:
        return None
    from clea.mail.models import OutgoingMail
    from clea.privacy import traces

    mails = OutgoingMail.objects.filter(about_type="residencies.event", about_id=str(event.uuid), to__in=addresses)
    gone = Counter({Registration._meta.label: count}) + traces.forget_mails(mails)
    journal.record(by=by, verb="registrations.erased", target=event, data={"count": count})
    return Disposed(rows=dict(gone))


# The register ----------------------------------------------------------------------------------

_CONTRACT = gettext_lazy("Exécution du contrat (RGPD, article 6.1.b)")
_PUBLIC_TASK = gettext_lazy("Mission d'intérêt public (RGPD, article 6.1.e)")
_CONSENT = gettext_lazy("Consentement (RGPD, article 6.1.a)")
_DESK = gettext_lazy("La coordination du territoire")

HOLDINGS = (
    Holding(
        key="evenements.inscriptions",
        rank=30,
        label=gettext_lazy("Inscriptions aux évènements"),
        people=gettext_lazy("Personnes inscrites"),
        data=gettext_lazy("Nom, adresse électronique, accompagnants, remarque"),
        purpose=gettext_lazy("Accueillir, prévenir d'un changement"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Trois mois"),
        clock=gettext_lazy("La fin de l'évènement"),
        erasure=gettext_lazy("Noms, adresses et messages, sur un bordereau approuvé"),
        statistics=gettext_lazy("Combien de personnes, de quelles structures"),
        recipients=_DESK,
        models=("residencies.Registration",),
        find=find_registrations,
        dispose=dispose_registrations,
    ),
    Holding(
        key="residences.contrats",
        label=gettext_lazy("Résidences : contrats, paiements, séjours"),
        people=gettext_lazy("Artistes en résidence"),
        data=gettext_lazy("Nom, présence, contrats et conventions, paiements, trajets, logement, suivi"),
        purpose=gettext_lazy("Conclure, suivre et payer la résidence"),
        basis=_CONTRACT,
        duration=gettext_lazy("Celle du contrat ; les pièces comptables vont aux archives du service (dix ans)"),
        clock=gettext_lazy("La clôture de la saison"),
        erasure=gettext_lazy(
            "Documents demandés : trois mois après le dernier jour ; justificatifs de trajet abandonnés : par le ménage"
        ),
        recipients=gettext_lazy("La coordination, l'employeur, les financeurs pour les comptes"),
        models=(
            "residencies.Residency", "residencies.ResidencyArtist", "residencies.PresenceDay",
            "residencies.RequestedDocument", "residencies.Payment", "residencies.TripClaim", "residencies.ExpenseLine",
            "residencies.SentReceipt", "residencies.Paper", "residencies.Signature", "residencies.Stay",
            "residencies.Inventory", "residencies.CheckIn", "residencies.Incident", "residencies.IncidentStep",
            "residencies.CalendarFeed",
        ),
    ),
    Holding(
        key="residences.activites",
        label=gettext_lazy("Activités et séances"),
        people=gettext_lazy("Artistes et équipes qui rendent compte"),
        data=gettext_lazy("Récits et confirmations ; les publics ne sont que des nombres"),
        purpose=gettext_lazy("Organiser, rendre compte"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Archives de la saison"),
        clock=gettext_lazy("–"),
        erasure=gettext_lazy("Aucune : ce sont les actes de la saison"),
        recipients=_DESK,
        models=(
            "residencies.Activity", "residencies.Session", "residencies.Confirmation", "residencies.ActivityRequest",
            "residencies.WorkBooking", "residencies.Waiver",
        ),
    ),
    Holding(
        key="residences.accords",
        label=gettext_lazy("Accords, témoignages et images"),
        people=gettext_lazy("Personnes photographiées ou citées, leurs responsables légaux"),
        data=gettext_lazy("Nom, adresse électronique, accord signé, image, parole"),
        purpose=gettext_lazy("Montrer ce qui s'est fait, avec l'accord de chacun"),
        basis=_CONSENT,
        duration=gettext_lazy("La durée de l'accord ; la preuve, cinq ans après son terme ou son retrait"),
        clock=gettext_lazy("Le terme de l'accord, ou son retrait"),
        erasure=gettext_lazy("Ce que l'accord couvre est dépublié aussitôt ; la coordination efface la preuve"),
        recipients=_DESK,
        models=("residencies.Consent", "residencies.Testimony", "residencies.Picture", "residencies.Production"),
    ),
    Holding(
        key="comites",
        label=gettext_lazy("Comités et visites"),
        people=gettext_lazy("Personnes invitées aux comités, porteuses d'une action"),
        data=gettext_lazy("Nom, fonction, organisme, adresse électronique, présence"),
        purpose=gettext_lazy("Réunir les comités, tenir leurs comptes rendus"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Archives de la saison"),
        clock=gettext_lazy("–"),
        erasure=gettext_lazy("Aucune : le compte rendu nomme qui était présent"),
        recipients=gettext_lazy("Les membres du comité"),
        models=("residencies.Attendee", "residencies.Action", "residencies.Meeting", "residencies.Visit"),
    ),
    Holding(
        key="relais",
        label=gettext_lazy("Relais, logeurs et fournisseurs"),
        people=gettext_lazy("Contacts du territoire"),
        data=gettext_lazy("Nom, fonction, adresse électronique et téléphone professionnels"),
        purpose=gettext_lazy("Faire connaître les résidences, accueillir les artistes"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Tant que la personne est en fonction"),
        clock=gettext_lazy("Son départ"),
        erasure=gettext_lazy("Par la coordination, depuis sa fiche"),
        recipients=gettext_lazy("La coordination, les artistes pour leur logement"),
        models=("residencies.Relay", "residencies.Lodging", "residencies.Supplier", "residencies.KitDelivery"),
    ),
    Holding(
        key="abonnes",
        label=gettext_lazy("Abonnés aux actualités"),
        people=gettext_lazy("Personnes abonnées"),
        data=gettext_lazy("Adresse électronique, langue"),
        purpose=gettext_lazy("Envoyer les actualités demandées"),
        basis=_CONSENT,
        duration=gettext_lazy("Jusqu'au désabonnement ; une demande sans confirmation, quelques jours"),
        clock=gettext_lazy("Le désabonnement"),
        erasure=gettext_lazy("Aussitôt, adresse et messages"),
        recipients=_DESK,
        models=("residencies.Subscriber",),
    ),
    Holding(
        key="avis",
        label=gettext_lazy("Avis des participants"),
        people=gettext_lazy("Personnes qui répondent"),
        data=gettext_lazy("Notes et mots, sans nom ni adresse ; la structure à qui la question a été posée"),
        purpose=gettext_lazy("Améliorer les résidences"),
        basis=_PUBLIC_TASK,
        duration=gettext_lazy("Archives de la saison : ils ne nomment personne"),
        clock=gettext_lazy("–"),
        erasure=gettext_lazy("Aucune"),
        recipients=_DESK,
        models=("residencies.Feedback", "residencies.FeedbackInvitation"),
    ),
)  # fmt: skip

VERBS = {"registrations.erased": gettext_lazy("inscriptions rendues anonymes")}


def register() -> None:
    """Called when the app starts."""
    from clea.journal import verbs

    verbs.register(VERBS)
    holdings.register(*HOLDINGS)
    privacy.register_tie(in_residence)
    erasure.on_erasure(release)
