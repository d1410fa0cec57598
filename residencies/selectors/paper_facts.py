"""What the placeholders of a contract or an agreement stand for today."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import PeriodKind
from candidatures.models import MoneyRules
from clea import daycount
from clea.ui.dates import day, euros, hour, number, span
from residencies.enums import PaperKind, SessionState
from residencies.methods.papers import bullets, escape, escape_lines, table
from residencies.models import Activity, Paper, Residency, ResidencyArtist, Session, Stay
from structures.models import Professional, Structure, Territory


def values(paper: Paper) -> dict[str, str]:
    """Markdown of every placeholder of this paper; empty: nothing to say yet. Six to nine queries."""
    if paper.kind == PaperKind.CONTRACT:
        assert paper.residency is not None
        return of_residency(paper.residency) | {"numero": escape(paper.number)}
    assert paper.activity is not None
    return of_activity(loaded(Activity.objects.filter(pk=paper.activity.pk)).get()) | {"numero": escape(paper.number)}


def address_of(territory: Territory) -> str:
    """The service, its address, its telephone, on one line."""
    parts = (territory.service_name, territory.contact_address, territory.contact_email, territory.contact_phone)
    return ", ".join(escape(part) for part in parts if part.strip())


def money_of(residency: Residency) -> MoneyRules | None:
    """The rules of the call the artist answered; chosen outside it, those of the season's call of this kind.

    One query. Nothing when the season has several such calls: the text says the amounts then.
    """
    rules = MoneyRules.objects.select_related("call")
    if residency.application_id:
        return rules.filter(call__applications=residency.application_id).first()
    found = list(rules.filter(call__season=residency.season_id, call__kind=residency.kind)[:2])
    return found[0] if len(found) == 1 else None


def _count(value: Decimal) -> str:
    return number(value, 0 if value == int(value) else 1)


def _amount(value: Decimal | None) -> str:
    return euros(value, 0 if value == int(value) else 2) if value else ""


def _percent(value: Decimal | None) -> str:
    return f"{_count(value)}\N{NO-BREAK SPACE}%" if value is not None else ""


def _person(artist: ResidencyArtist) -> str:
    return escape(f"{artist} ({artist.role})" if artist.role else str(artist))


def of_residency(residency: Residency) -> dict[str, str]:
    """Facts of a contract. Four queries when the residency came with its season and territory."""
    territory = residency.territory
    artists = [_person(one) for one in residency.artists.filter(left_at=None)]
    periods = list(residency.periods.all())
    count = daycount.count([(one.starts_on, one.ends_on) for one in periods], territory.school_zone)
    immersion = [one for one in periods if one.kind == PeriodKind.IMMERSION]
    return {
        "territoire": escape(territory.name),
        "coordonnees": address_of(territory),
        "saison": escape(residency.season.name),
        "artiste": escape(residency.artist_name),
        "artistes": ", ".join(artists),
        "nature": escape(residency.get_kind_display()),
        "titre": escape(residency.title),
        "discipline": escape(residency.discipline),
        "domicile": escape(residency.home_city),
        "employeur": escape(residency.employer) or _("aucune : l'artiste est payé directement"),
        "immersion": ", ".join(span(one.starts_on, one.ends_on) for one in immersion),
        "periodes": bullets(f"{escape(one.title)} : {span(one.starts_on, one.ends_on)}" for one in periods),
        "jours": _count(residency.contract_days) if residency.contract_days else "",
        "decompte": escape(residency.get_count_basis_display()),
        "jours_semaine": str(count.weekdays) if periods else "",
        "jours_ouvres": str(count.working_days) if periods else "",
        "feries": (", ".join(f"{day(on)} ({escape(name)})" for on, name in count.holidays) or _("aucun"))
        if periods
        else "",
        "structures": str(residency.structures_target) if residency.structures_target else "",
        "bareme": escape(territory.get_mileage_scale_display()),
        "logement": _lodging(residency),
        **_money(money_of(residency)),
    }


def _money(rules: MoneyRules | None) -> dict[str, str]:
    if rules is None:
        return {}
    return {
        "allocation": _amount(rules.net_allowance),
        "mois": str(rules.allowance_months or ""),
        "plafond": _amount(rules.employer_ceiling),
        "cachets": _percent(rules.cachet_max_percent),
        "droits_auteur": _percent(rules.author_max_percent),
        "forfait": _amount(rules.travel_lump_sum),
        "voyages": str(rules.return_trips) if rules.return_trips else "",
    }


def _lodging(residency: Residency) -> str:
    """Where the artist sleeps, or that it will be told: a contract is signed before keys are found."""
    stays = list(Stay.objects.filter(residency=residency).select_related("lodging"))
    if stays:
        return "\N{NO-BREAK SPACE}; ".join(
            f"{escape(stay.lodging.name)}, {escape(stay.lodging.address)}, {span(stay.starts_on, stay.ends_on)}"
            for stay in stays
        )
    if not residency.lodging_needed:
        return _("aucun : l'artiste n'en a pas besoin")
    return _("un logement sur le territoire, dont l'adresse est donnée à l'artiste avant son arrivée")


# Agreements ----------------------------------------------------------------------------------


def loaded(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that :func:`of_activity` reads: six queries, whatever the number of rows."""
    places = Structure.objects.select_related("commune")
    sessions = Session.objects.exclude(state=SessionState.CANCELLED).select_related("host__commune", "commune")
    return activities.select_related("season__programme__territory").prefetch_related(
        Prefetch("structures", places),
        Prefetch("structures__professionals", Professional.objects.order_by("-is_contact", "last_name", "first_name")),
        "residencies",
        "axes",
        Prefetch("sessions", sessions.prefetch_related("structures")),
    )


def of_activity(activity: Activity) -> dict[str, str]:
    """Facts of an agreement. No query on a row of :func:`loaded`."""
    territory = activity.territory
    places = list(activity.structures.all())
    sessions = list(activity.sessions.all())
    return {
        "territoire": escape(territory.name),
        "coordonnees": address_of(territory),
        "saison": escape(activity.season.name),
        "titre": escape(activity.title),
        "nature": escape(activity.get_kind_display()),
        "intention": escape_lines(activity.intention),
        "public": escape(activity.public),
        "temps_de_vie": escape(activity.get_life_stage_display()) if activity.life_stage else "",
        "personnes": str(activity.people_expected) if activity.people_expected is not None else "",
        "axes": ", ".join(escape(axis.title) for axis in activity.axes.all()) or _("aucun en particulier"),
        "artistes": ", ".join(escape(one.artist_name) for one in activity.residencies.all()),
        "structures": ", ".join(_place(one) for one in places),
        "equipes": bullets(_team(one) for one in places),
        "seances": _sessions(sessions),
        "premiere_seance": day(timezone.localtime(sessions[0].starts_at)) if sessions else "",
        "besoins": escape_lines(activity.needs) or _("Aucun besoin particulier n'a été noté."),
        "reemploi": escape_lines(activity.reuse)
        or _("Les matériaux récupérés, empruntés ou rendus sont préférés aux achats neufs."),
    }


def _place(structure: Structure) -> str:
    commune = f" ({escape(structure.commune.name)})" if structure.commune else ""
    return f"{escape(structure.name)}{commune}"


def _team(structure: Structure) -> str:
    people = [escape(f"{one}, {one.role}" if one.role else str(one)) for one in structure.professionals.all()]
    named = " ; ".join(people) or _("équipe à préciser")
    return f"{_place(structure)} : {named}"


def _sessions(sessions: Iterable[Session]) -> str:
    rows = [
        (
            day(timezone.localtime(one.starts_at)),
            f"{hour(one.starts_at)} – {hour(one.ends_at)}",
            _where(one),
            ", ".join(escape(place.name) for place in one.structures.all()) or "–",
        )
        for one in sessions
    ]
    return table((_("Date"), _("Heures"), _("Lieu"), _("Structures")), rows) if rows else ""


def _where(session: Session) -> str:
    commune = session.where
    parts = [session.place, session.host.name if session.host else "", commune.name if commune else ""]
    return ", ".join(escape(part) for part in parts if part)
