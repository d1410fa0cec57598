"""The end of the season before: what was paid, who met, what was said and shown, its bilan, its closing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.demo import calls
from candidatures.demo.call_data import PARIS
from residencies.demo import drawings, past_data
from residencies.demo.past import season
from residencies.enums import (
    ActionState,
    ConsentForm,
    MeetingKind,
    ProductionKind,
)
from residencies.methods.hand_reports import Counted
from residencies.models import Consent, Funder, FundingShare, Payment, ResidencyBudget
from residencies.selectors import closing as closing_selectors
from residencies.services import (
    actions,
    bilans,
    closing,
    consents,
    funding,
    hand_entries,
    meeting_minutes,
    meeting_preparation,
    meetings,
    money,
    payments,
    pictures,
    productions,
    testimonies,
)
from residencies.services.meetings import Facts

if TYPE_CHECKING:
    from residencies.demo.build import Scene
    from residencies.models import Residency

#: Name, share of a residency's cost in hundredths.
FUNDERS = [
    ("Communauté d'agglomération", 40),
    ("État – DRAC", 40),
    ("Département", 12),
    ("Région", 8),
]
NET, GROSS, CHARGES = Decimal(12000), Decimal(15600), Decimal(6240)
WELCOME = Decimal("1284.60")


def figures(*, paid_by_call: bool = False) -> money.Figures:
    """What an employer gives: the four figures, the lump sum, three trips. A call brings its own ceiling."""
    return money.Figures(
        net=NET,
        gross=GROSS,
        charges=CHARGES,
        total=GROSS + CHARGES,
        lump_sum=Decimal(500),
        trips=3,
        ceiling=None if paid_by_call else Decimal(24000),
    )


def paid(scene: Scene) -> None:
    """Every instalment and every lump sum of the season went out."""
    for residency in scene.past.values():
        budget = _budget(scene, residency)
        rows = money.schedule(
            by=scene.desk,
            residency=residency,
            dates=[date(2025, 10, 31), date(2026, 2, 27), date(2026, 4, 30), date(2026, 6, 12)],
        )
        if budget.lump_sum:
            rows.append(money.plan_lump_sum(by=scene.desk, residency=residency, due_on=date(2026, 2, 13)))
        for row in rows:
            settle(scene, row, row.due_on or date(2026, 6, 12))


def _budget(scene: Scene, residency: Residency) -> ResidencyBudget:
    current = money.budget_of(residency)
    return money.change_budget(by=scene.desk, residency=residency, figures=figures(), version=current.version)


def settle(scene: Scene, payment: Payment, on: date) -> None:
    """Checked, approved, paid."""
    row = payments.check(by=scene.desk, payment=payment)
    row = payments.approve(by=scene.desk, payment=row)
    payments.pay(by=scene.desk, payment=row, paid_on=on, reference=f"BJ-{on:%Y%m}-{payment.pk:04d}")


def shares(scene: Scene) -> None:
    """Who brought what: to each residency, and to the season for what is common."""
    funders = []
    for rank, (name, _part) in enumerate(FUNDERS):
        funder = Funder(territory=scene.territory, name=name, position=rank)
        funding.save_funder(by=scene.desk, funder=funder)
        funders.append(funder)
    share_out(scene, list(scene.past.values()), received=True)


def share_out(scene: Scene, residencies: list[Residency], *, received: bool) -> None:
    """Each funder's part of each residency."""
    whole = GROSS + CHARGES + 500 + 1000
    funders = {row.name: row for row in Funder.objects.filter(territory=scene.territory)}
    for residency in residencies:
        typed = []
        for name, part in FUNDERS:
            planned = (whole * part / 100).quantize(Decimal("0.01"))
            known = FundingShare.objects.filter(funder=funders[name], residency=residency).first()
            typed.append(
                funding.Typed(
                    funder=funders[name],
                    residency=residency,
                    planned=planned,
                    committed=planned if received or part >= 40 else Decimal(0),
                    received=planned if received else Decimal(0),
                    reference="Délibération et arrêté de la saison" if received or part >= 40 else "",
                    version=known.version if known else 0,
                )
            )
        funding.save_shares(by=scene.desk, season=residency.season, shares=typed)


# Committees ------------------------------------------------------------------------------------


def committees(scene: Scene) -> None:
    """Two technical committees and one of steering, their minutes settled; the last two published."""
    year = season(scene)
    for kind, on, title, public in (
        (MeetingKind.TECHNICAL, date(2025, 11, 18), "Comité technique de novembre", False),
        (MeetingKind.TECHNICAL, date(2026, 3, 24), "Comité technique de mars", True),
        (MeetingKind.STEERING, date(2026, 6, 23), "Comité de pilotage de fin de saison", True),
    ):
        start = datetime(on.year, on.month, on.day, 14, 0, tzinfo=PARIS)
        meeting = meetings.plan(
            by=scene.desk,
            season=year,
            kind=kind,
            facts=Facts(
                title=title,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                place="Salle des commissions",
            ),
        )
        for name, words in (
            ("Où en sont les résidences", "Structures rencontrées, séances à venir, communes oubliées."),
            ("Logement et déplacements", ""),
            ("La suite", "Calendrier, communication, budget."),
        ):
            meeting_preparation.add_item(by=scene.desk, meeting=meeting, title=name, words=words)
        institutions = list(scene.territory.institutions.all()[:5])
        meeting_preparation.add_institutions(by=scene.desk, meeting=meeting, institutions=institutions)
        meeting.refresh_from_db()
        meeting = meetings.hold(by=scene.desk, meeting=meeting)
        seats = list(meeting.attendees.all())
        meeting = meeting_minutes.write(
            by=scene.desk,
            meeting=meeting,
            version=meeting.version,
            introduction="Les six résidences sont au travail ; la présence est tenue, les confirmations arrivent.",
            said={
                item.uuid: "Chaque artiste a dépassé quinze structures. Trois communes rurales restent à rencontrer."
                for item in meeting.items.all()[:1]
            },
            presences={
                seat.uuid: "excused" if rank == len(seats) - 1 else "present" for rank, seat in enumerate(seats)
            },
        )
        meeting_minutes.add_decision(
            by=scene.desk,
            meeting=meeting,
            text="Les communes jamais rencontrées passent en premier dans le calendrier de la phase suivante.",
        )
        action = actions.add(
            by=scene.desk,
            meeting=meeting,
            what="Appeler les mairies des cœurs ruraux",
            owner="La coordination",
            due_on=on + timedelta(days=21),
        )
        actions.mark(by=scene.desk, action=action, target=ActionState.DONE)
        meeting.refresh_from_db()
        meeting = meeting_minutes.settle(by=scene.desk, meeting=meeting, version=meeting.version)
        if public:
            meeting_minutes.publish(by=scene.desk, meeting=meeting)


# What is left ----------------------------------------------------------------------------------


def traces(scene: Scene) -> None:
    """What was made, said and seen, under consents that stand; one of them was withdrawn since."""
    year = season(scene)
    for past in past_data.RESIDENCIES:
        for kind, title, count, words in past.made:
            row = productions.add(
                by=scene.desk,
                season=year,
                residency=scene.past[past.key],
                kind=ProductionKind(kind),
                title=title,
                count=count,
                description=words,
            )
            productions.publish(by=scene.desk, production=row)
    for text, signature, person, key in past_data.TESTIMONIES:
        consent = _consent(scene, person)
        testimony = testimonies.add(
            by=scene.desk,
            season=year,
            residency=scene.past[key],
            text=text,
            signature=signature,
            consent=consent,
        )
        testimonies.publish(by=scene.desk, testimony=testimony)
    consents.withdraw(by=None, consent=Consent.objects.get(person="Ferdinand Mitoyen"))
    for subject, alt, key in (
        ("cards", "Vingt-quatre cartes dessinées, une fenêtre sur chacune, posées en quatre rangées.", "galibot"),
        ("chairs", "Cinq chaises de couleurs différentes, debout l'une derrière l'autre.", "carreau"),
        ("boxes", "Huit boîtes percées d'un trou, rangées sur deux étagères.", "crassier"),
        ("terrils", "Deux terrils, l'un noir, l'autre vert, sous un soleil jaune.", "crayon"),
    ):
        picture = pictures.add(
            by=scene.desk,
            season=year,
            residency=scene.past[key],
            upload=SimpleUploadedFile(f"{subject}.png", drawings.png(subject), "image/png"),
            alt=alt,
            credit="Dessin fait pour la démonstration",
            rights="Libre de droits, sans limite de durée.",
            shows_people=False,
        )
        picture = pictures.publish(by=scene.desk, picture=picture)
        pictures.put_in_kit(by=scene.desk, picture=picture)


def _consent(scene: Scene, person: str) -> Consent:
    return consents.record(
        by=scene.desk,
        season=season(scene),
        person=person,
        guardian="Edwige Verbatim" if person.startswith("Lison") else "",
        form=ConsentForm.PAPER,
        given_on=date(2026, 6, 10),
        on_site=True,
        in_print=True,
        in_press=False,
    )


# The bilan -------------------------------------------------------------------------------------


def write_bilan(scene: Scene) -> None:
    """The words around the figures, then what everybody reads."""
    year = season(scene)
    bilan = bilans.write(
        by=scene.desk,
        season=year,
        seen=None,
        title="Bilan de la saison 2025-2026",
        introduction=past_data.INTRODUCTION,
        highlights=past_data.HIGHLIGHTS,
        outlook=past_data.OUTLOOK,
        claimed_people=6000,
    )
    bilans.publish(by=scene.desk, season=year, seen=bilan.version)


def older(scene: Scene) -> None:
    """The season before that one, from its report: typed by hand, and published."""
    year = calls.season(scene.territory, 2024)
    for title, artists, discipline, months, held, met, classes, counts in past_data.OLDER:
        hand_entries.add(
            by=scene.desk,
            season=year,
            title=title,
            artists=artists,
            discipline=discipline,
            months=Decimal(months),
            sessions=held[0],
            sessions_qualifier=held[1],
            structures=met[0],
            structures_qualifier=met[1],
            classes=classes,
            source="Rapport d'activité 2024-2025",
            counts=[
                Counted(category=category, value=value, qualifier=precision, inside=inside)
                for category, value, precision, inside in counts
            ],
        )
    bilan = bilans.write(
        by=scene.desk,
        season=year,
        seen=None,
        title="Bilan de la saison 2024-2025",
        introduction="Trois résidences, reprises de leur rapport : ce qu'il ne dit pas reste inconnu.",
        highlights="",
        outlook="",
        claimed_people=2000,
    )
    bilans.publish(by=scene.desk, season=year, seen=bilan.version)


def close(scene: Scene) -> None:
    """The season is archived: read only from now on. What one would still have written is said."""
    year = season(scene)
    left = closing_selectors.unfinished(year, scene.stage.clock())
    reasons = {one.code: "Suivi dans les tableurs de la saison, repris ici à sa fin." for one in left}
    closing.close(by=scene.desk, season=year, reasons=reasons)
