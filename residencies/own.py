"""What this app holds of one person, for their own copy: a residency, a registration, a subscription, an agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clea.privacy import own, traces
from clea.privacy.months import after
from clea.privacy.own import FIRST, LATER, Domain, Fate, Part
from residencies.models import CalendarFeed, Relay, ResidencyArtist, Subscriber
from residencies.privacy import NOBODY

if TYPE_CHECKING:
    from clea.accounts.models import User
    from residencies.models import Consent, Registration

_SLUG = "season__programme__territory__slug"
_CONTRACTS = "residences.contrats"


def _leave(*, by: User | None, rows: list[Subscriber]) -> Counter[str]:
    from residencies.services import subscribers

    return Counter({Subscriber._meta.label: sum(subscribers.leave(key=row.uuid) for row in rows)})


def _erase_registrations(*, by: User | None, rows: list[Registration]) -> Counter[str]:
    """The name goes, the seat stays counted: nobody is told to come to a place that was given away."""
    from clea.mail.models import OutgoingMail

    gone: Counter[str] = Counter()
    for row in rows:
        about = OutgoingMail.objects.filter(about_type="residencies.event", about_id=str(row.event.uuid))
        gone += traces.forget_mails(about.filter(to__iexact=row.email))
        row.name, row.email, row.attendees, row.note, row.made_by = NOBODY, "", "", "", None
        row.save(update_fields=["name", "email", "attendees", "note", "made_by"])
        gone[row._meta.label] += 1
    return gone


def _withdraw(*, by: User | None, rows: list[Consent]) -> Counter[str]:
    """What it covers is taken off at once; the proof stays, for as long as it may be asked for."""
    from residencies.services import consents

    standing = [row for row in rows if row.withdrawn_at is None]
    for row in standing:
        consents.withdraw(by=by, consent=row)
    return Counter({"residencies.Consent": len(standing)})


def _erase_relays(*, by: User | None, rows: list[Relay]) -> Counter[str]:
    gone = traces.forget(traces.of(rows))
    return gone + Counter(Relay.objects.filter(pk__in=[row.pk for row in rows]).delete()[1])


def _of_artist(name: str, label: Any, model: str, *fields: str, link: str = "residency", **more: Any) -> Part:
    return Part(
        holding=_CONTRACTS, name=f"residence-{name}", label=label, model=f"residencies.{model}",
        user=f"{link}__artists__user", fields=(f"{link}__title", *fields), **more,
    )  # fmt: skip


PARTS = (
    Part(
        holding=_CONTRACTS, name="residences", label=_("Vos résidences"), model="residencies.ResidencyArtist",
        user="user",
        fields=("first_name", "last_name", "role", "joined_at", "left_at", "residency__title", "residency__artist_name",
                "residency__discipline", "residency__presentation", "residency__presentation_en",
                "residency__website", "residency__home_city", "residency__contract_days"),
    ),
    _of_artist("jours", _("Vos jours de présence"), "PresenceDay", "day", "planned", "done", "absence", "note"),
    _of_artist("sejours", _("Vos séjours"), "Stay", "lodging__name", "starts_on", "ends_on", "note"),
    # A paper or a receipt is who sent it's: of two artists, each has their own.
    _of_artist("documents", _("Vos documents"), "RequestedDocument", "kind", "title", "due_on",
               "received_at", "valid_until", sender="stored_file__created_by_uuid", files=("stored_file",),
               stem="title"),
    _of_artist("justificatifs", _("Vos justificatifs envoyés"), "SentReceipt", "sent_at", "stored_file__original_name",
               sender="stored_file__created_by_uuid", files=("stored_file",), stem="stored_file__original_name"),
    Part(
        holding=_CONTRACTS, name="residence-paiements", label=_("Vos demandes de paiement"),
        model="residencies.Payment", user="claimed_by",
        fields=("residency__title", "kind", "label", "payee", "amount", "due_on", "claimed_at", "paid_on", "words"),
    ),
    Part(
        holding=_CONTRACTS, name="residence-frais", label=_("Vos frais de trajet"), model="residencies.ExpenseLine",
        user="claim__payment__claimed_by", files=("receipt",), stem="label",
        fields=("claim__payment__label", "nature", "label", "day", "amount", "words"),
    ),
    Part(
        holding=_CONTRACTS, name="residence-signalements", label=_("Vos signalements"), model="residencies.Incident",
        user="opened_by", fields=("residency__title", "topic", "severity", "title", "words", "opened_at"),
    ),
    Part(
        holding="residences.activites", name="activites-confirmations", label=_("Vos confirmations de séance"),
        model="residencies.Confirmation", user="made_by", fields=("session__starts_at", "happened", "words", "made_at"),
    ),
    Part(
        holding="residences.activites", name="activites-demandes", label=_("Vos demandes d'activité"),
        model="residencies.ActivityRequest", user="made_by",
        fields=("residency__title", "public", "people", "dates", "hope", "made_at"),
    ),
    Part(
        holding="residences.accords", name="accords", label=_("Vos accords d'image et de parole"),
        model="residencies.Consent", email="email", scope=_SLUG, erase=_withdraw, at_once=True,
        files=("proof",), stem="given_on",
        fields=("person", "guardian", "email", "form", "on_site", "in_print", "in_press", "given_on", "ends_on",
                "withdrawn_at"),
    ),
    Part(
        holding="residences.accords", name="temoignages", label=_("Vos témoignages"), model="residencies.Testimony",
        email="consent__email", scope=_SLUG, fields=("text", "signature", "is_published", "created_at"),
        stays=_("Dépublié avec l'accord qui le couvre ; la coordination l'efface depuis la fiche."),
    ),
    Part(
        holding="abonnes", name="abonnements", label=_("Vos abonnements aux actualités"),
        model="residencies.Subscriber", email="email", scope="territory__slug", erase=_leave, at_once=True,
        fields=("territory__name", "email", "language", "asked_at", "confirmed_at"),
    ),
    Part(
        holding="evenements.inscriptions", name="inscriptions", label=_("Vos inscriptions à des évènements"),
        model="residencies.Registration", email="email", scope=f"event__{_SLUG}",
        erase=_erase_registrations, at_once=True,
        fields=("event__title", "name", "email", "people", "attendees", "note", "made_at"),
    ),
    Part(
        holding="comites", name="comites", label=_("Vos comités"), model="residencies.Attendee", email="email",
        scope=f"meeting__{_SLUG}", fields=("meeting__starts_at", "organisation", "name", "role", "email", "presence"),
        stays=_("Le compte rendu nomme qui était présent : c'est une archive de la saison."),
    ),
    Part(
        holding="comites", name="comites-actions", label=_("Actions à votre nom"), model="residencies.Action",
        email="owner_email", scope=f"meeting__{_SLUG}", fields=("what", "owner", "owner_email", "due_on", "done_on"),
        stays=_("Le compte rendu dit qui porte l'action : c'est une archive de la saison."),
    ),
    Part(
        holding="relais", name="relais", label=_("Votre fiche de relais"), model="residencies.Relay", email="email",
        scope="territory__slug", erase=_erase_relays,
        fields=("first_name", "last_name", "function", "organisation", "email", "phone", "note"),
    ),
    Part(
        holding="relais", name="fournisseurs", label=_("Votre fiche de fournisseur"), model="residencies.Supplier",
        email="email", scope="territory__slug", fields=("name", "town", "address", "phone", "email", "website"),
        stays=_("La coordination retire la fiche quand le fournisseur cesse son activité."),
    ),
)  # fmt: skip


# Erasing ---------------------------------------------------------------------------------------


def fates(user: User) -> Iterator[Fate]:
    """Residencies: while one runs its contract comes first; then what it leaves is kept for as long as it binds."""
    rows = ResidencyArtist.objects.filter(user=user).select_related("residency__season").order_by("pk")
    for row in rows:
        season = row.residency.season
        title = _("Résidence – %(season)s") % {"season": season.name}
        if season.closed_at is None:
            why = _("Sa saison n'est pas close : le contrat et les paiements en dépendent. Écrivez à la coordination.")
            yield Fate(FIRST, title, why, url=reverse("studio:index"))
        else:
            end = max(timezone.localdate(season.closed_at), season.ends_on)
            until = after(end, 12 * settings.RETENTION["selected_years"])
            why = _("Le contrat et ses paiements se gardent jusqu'à la prescription ; les comptes vont aux archives.")
            yield Fate(LATER, title, why, until=until)


def close(*, user: User) -> Counter[str]:
    """Private calendars served the account alone."""
    return Counter(CalendarFeed.objects.filter(user=user).delete()[1])


def register() -> None:
    """Called when the app starts."""
    own.register(*PARTS)
    own.register_domain("residencies", Domain(fates, close=close))
