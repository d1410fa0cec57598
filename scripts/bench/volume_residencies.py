"""The deployment of each season: residencies and their papers, what was planned and took place, money, the bilan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from bench.volume_activities import planned
from bench.volume_calls import PARIS
from bench.volume_dossiers import mail
from bench.volume_juries import Chosen
from bench.volume_places import Person, World
from bench.volume_rows import weekdays
from bench.volume_steering import steered
from candidatures.models import CallPeriod, Season
from residencies.demo import data as demo_data
from residencies.enums import DayPart, DocumentKind, DocumentState, PaperKind, PaperState, ResidencyState
from residencies.enums.money import ExpenseNature, PaymentKind, PaymentState, TravelMode
from residencies.models import (
    CheckIn,
    ExpenseLine,
    FeedbackQuestion,
    Funder,
    FundingShare,
    Inventory,
    InventoryLine,
    Lodging,
    Paper,
    Payment,
    Period,
    PlanningRules,
    PresenceDay,
    Relay,
    RequestedDocument,
    Residency,
    ResidencyArtist,
    ResidencyBudget,
    Signature,
    Stay,
    Subscriber,
    Supplier,
    TripClaim,
    Work,
)
from residencies.services import scales

ALLOWANCE, INSTALMENTS = Decimal("3000.00"), 4
TITLES = [text[0] for text in demo_data.RESIDENCIES.values()]
ABOUT = [text[1] for text in demo_data.RESIDENCIES.values()]
QUESTIONS = [
    "L'activité répondait-elle à ce que vous en attendiez ?",
    "L'artiste a-t-il trouvé sa place auprès du public ?",
    "La préparation avec la coordination était-elle suffisante ?",
    "Les dates et les durées convenaient-elles ?",
    "Recommenceriez-vous ?",
]


@dataclass
class Stay_:
    """A residency while its rows are made."""

    pk: int
    uuid: UUID
    name: str
    lead: Person
    periods: list[tuple[int, date, date]]
    over: bool

    @property
    def days(self) -> list[date]:
        return [day for _, first, last in self.periods for day in weekdays(first, last)]


def landscape(world: World, at: datetime) -> None:
    """What every season finds: rules, lodgings, suppliers, relays, funders, questions, subscribers."""
    rows, rng, territory = world.rows, world.rng, world.territory.pk
    scales.load(scales.FILE)
    rows.add(PlanningRules, territory_id=territory, updated_at=at)
    by_slug = {commune.slug: commune.pk for commune in world.communes}
    for name, address, commune, owner, beds in demo_data.LODGINGS:
        rows.add(
            Lodging, territory_id=territory, name=name, address=address, commune_id=by_slug[commune], owner=owner,
            beds=beds, inventory=demo_data.INVENTORY,
        )  # fmt: skip
    for name, commune, materials, opening in demo_data.SUPPLIERS:
        rows.add(
            Supplier, territory_id=territory, name=name, commune_id=by_slug[commune], materials=materials,
            opening=opening,
        )  # fmt: skip
    for kind, first, last, function, organisation, _slugs in demo_data.RELAYS:
        rows.add(
            Relay, territory_id=territory, kind=kind, first_name=first, last_name=last, function=function,
            organisation=organisation,
        )  # fmt: skip
    for rank, name in enumerate(["Agglomération", "État (DRAC)", "Rectorat", "Département"]):
        rows.add(Funder, territory_id=territory, name=name, position=rank)
    for rank, text in enumerate(QUESTIONS):
        rows.add(
            FeedbackQuestion, territory_id=territory, text=text, low="pas du tout", high="tout à fait", position=rank
        )
    for rank in range(min(world.shape.structures, 500)):
        known = rng.random() < 0.9
        rows.add(
            Subscriber, territory_id=territory, email=f"lectrice{rank}@demo.test", asked_at=at,
            state="confirmed" if known else "asked", confirmed_at=at if known else None,
        )  # fmt: skip
    rows.flush()


def season(world: World, held: Season, chosen: list[Chosen], *, over: bool) -> None:
    """Every residency of the season, then what is of the season itself; under way, unless it is ``over``."""
    periods = list(CallPeriod.objects.filter(call__season=held).exclude(kind="event").order_by("starts_on"))
    stays = [_residency(world, held, each, periods, over, rank) for rank, each in enumerate(chosen)]
    planned(world, held, stays)
    steered(world, held, stays, over=over)


def _residency(world: World, held: Season, each: Chosen, periods: list[CallPeriod], over: bool, rank: int) -> Stay_:
    rows, dossier = world.rows, each.dossier
    lead = dossier.owner
    if rank == 0 and not over:
        # The demonstration's artist in residence.
        lead = world.account("briquet@demo.test", _at(held.starts_on, 9), ("Zélie", "Briquet"))
    opened = _at(held.starts_on - timedelta(days=140), 10)
    uuid = rows.uuid()
    state = ResidencyState.FINISHED if over else ResidencyState.CURRENT
    key = rows.add(
        Residency, uuid=uuid, season_id=held.pk, slug=f"residence-{held.starts_on.year}-{rank + 1}",
        artist_name=dossier.name, title=TITLES[rank % len(TITLES)], discipline=dossier.discipline, state=state.value,
        application_id=dossier.pk, offer_id=each.offer, contract_days=Decimal(90), employer="",
        home_city=world.rng.choice(["Lille", "Paris", "Nantes"]), presentation=ABOUT[rank % len(ABOUT)],
        published_at=opened + timedelta(days=1), created_at=opened, updated_at=opened,
    )  # fmt: skip
    rows.add(
        ResidencyArtist, residency_id=key, user_id=lead.pk, first_name=lead.first, last_name=lead.last, is_lead=True,
        joined_at=opened,
    )  # fmt: skip
    said = {"application": str(dossier.uuid), "season": str(held.uuid), "kind": "artistic", "days": "90"}
    say = world.journal.say
    say(opened, "residency.opened", RESIDENCY, uuid, said, world.by_desk)
    say(opened + timedelta(days=1), "residency.published", RESIDENCY, uuid, {}, world.by_desk)
    say(
        _at(held.starts_on, 9),
        "residency.started",
        RESIDENCY,
        uuid,
        {"from": "preparing", "to": "current"},
        world.by_desk,
    )
    mail(
        world, "residency.opened", lead.email, "Votre résidence", "Bonjour,\n\nVotre résidence est ouverte.\n", opened,
        about=(RESIDENCY, uuid),
    )  # fmt: skip
    spans = [
        (
            rows.add(
                Period, residency_id=key, kind=period.kind, title=period.title, starts_on=period.starts_on,
                ends_on=period.ends_on,
            ),
            period.starts_on,
            period.ends_on,
        )
        for period in periods
    ]  # fmt: skip
    stay = Stay_(key, uuid, dossier.name, lead, spans, over)
    _presence(world, stay)
    _papers(world, held, stay, opened, rank)
    _welcome(world, stay, rank)
    _money(world, held, stay)
    for title in ("Carnet de traversée", "Petit plateau"):
        rows.add(
            Work, residency_id=key, title=f"{title} {rank + 1}", form="lecture", audience="dès 8 ans", minutes=45,
            is_published=True,
        )  # fmt: skip
    return stay


def _presence(world: World, stay: Stay_) -> None:
    """Days behind us are noted, and checked; one in thirty is an absence."""
    today = world.now.astimezone(PARIS).date()
    for day in stay.days:
        if day >= today:
            continue
        gone = world.rng.random() < 0.03
        world.rows.add(
            PresenceDay, residency_id=stay.pk, day=day, done=(DayPart.NONE if gone else DayPart.FULL).value,
            absence="sick" if gone else "", checked_at=_at(day, 18) if stay.over else None, updated_at=_at(day, 17),
        )  # fmt: skip


def _papers(world: World, held: Season, stay: Stay_, opened: datetime, rank: int) -> None:
    """The contract, signed by both sides, and the documents that were asked."""
    issued = opened + timedelta(days=40)
    stored, file = world.file("letter", "contrat.pdf", issued)
    signed = (issued + timedelta(days=15)).date()
    uuid = world.rows.uuid()
    key = world.rows.add(
        Paper, uuid=uuid, kind=PaperKind.CONTRACT.value, residency_id=stay.pk, number=f"CT-{held.name}-{rank + 1:03d}",
        title="Contrat de résidence-mission", body="## Objet\n\nCe contrat lie la collectivité et l'artiste.",
        state=PaperState.SIGNED.value, stored_file_id=stored, made_at=issued, issued_at=issued, sent_at=issued,
        signed_on=signed, version=2,
    )  # fmt: skip
    for order, party in enumerate((world.territory.name, stay.name)):
        world.rows.add(
            Signature, paper_id=key, order=order, party=party[:200], residency_id=stay.pk if order else None,
            signatory=f"{stay.lead.first} {stay.lead.last}" if order else str(world.desk), signed_on=signed,
            noted_by_id=world.desk.pk,
        )  # fmt: skip
    for verb in ("paper.drafted", "paper.issued", "paper.sent"):
        said = {"paper": str(uuid), "edition": 1, "sha256": file.sha256}
        world.journal.say(issued, verb, RESIDENCY, stay.uuid, said, world.by_desk)
    for kind in (DocumentKind.BANK, DocumentKind.INSURANCE, DocumentKind.LICENCE, DocumentKind.VEHICLE):
        waits = not stay.over and kind == DocumentKind.INSURANCE and rank % 3 == 0
        world.rows.add(
            RequestedDocument, residency_id=stay.pk, kind=kind.value, title=str(kind.label), due_on=signed,
            state=(DocumentState.ASKED if waits else DocumentState.ACCEPTED).value, asked_at=opened,
            seen_at=None if waits else issued, seen_by_id=None if waits else world.desk.pk,
        )  # fmt: skip
        if not waits:
            said = {"kind": kind.value, "in_person": True, "kept": False}
            world.journal.say(issued, "residency.document_accepted", RESIDENCY, stay.uuid, said, world.by_desk)


def _welcome(world: World, stay: Stay_, rank: int) -> None:
    """Where they sleep, what they found there, and the regular talks."""
    rows = world.rows
    today = world.now.astimezone(PARIS).date()
    first = None
    for _key, starts, ends in stay.periods:
        key = rows.add(
            Stay, lodging_id=1 + rank % len(demo_data.LODGINGS), residency_id=stay.pk,
            starts_on=starts - timedelta(days=1), ends_on=ends + timedelta(days=1),
        )  # fmt: skip
        first = first or (key, starts)
    if first and first[1] <= today:
        noted = rows.add(
            Inventory, stay_id=first[0], moment="entry", done_on=first[1], keys=2, agreed_at=_at(first[1], 18),
            agreed_by_id=stay.lead.pk,
        )  # fmt: skip
        for order, item in enumerate(demo_data.INVENTORY.split("\n")):
            rows.add(InventoryLine, inventory_id=noted, order=order, item=item)
    for day in stay.days[3::18]:
        held = day < today
        rows.add(
            CheckIn,
            residency_id=stay.pk,
            due_on=day,
            held_on=day if held else None,
            words="Tout va bien." if held else "",
        )


# Money ----------------------------------------------------------------------------------------------


def _money(world: World, held: Season, stay: Stay_) -> None:
    rows = world.rows
    gross, charges = Decimal("15600.00"), Decimal("6240.00")
    rows.add(
        ResidencyBudget, residency_id=stay.pk, net=Decimal("12000.00"), gross=gross, charges=charges,
        total=gross + charges, ceiling=Decimal("24000.00"), lump_sum=Decimal("500.00"), trips=3,
    )  # fmt: skip
    _, starts, _ = stay.periods[-1]
    for rank in range(INSTALMENTS):
        _payment(
            world, held, stay, PaymentKind.ALLOWANCE, f"Allocation, échéance {rank + 1}", ALLOWANCE, Decimal("5460.00"),
            starts + timedelta(days=30 * rank),
        )  # fmt: skip
    lump = Decimal("500.00")
    _payment(world, held, stay, PaymentKind.LUMP_SUM, "Forfait de déplacement", lump, lump, starts - timedelta(days=20))
    for period, out, back in stay.periods:
        if back >= world.now.astimezone(PARIS).date():
            continue
        amount = Decimal(world.rng.randrange(4000, 24000)) / 100
        key = _payment(world, held, stay, PaymentKind.TRIP, "Voyage aller-retour", amount, amount, back, claimed=True)
        rows.add(
            TripClaim, payment_id=key, period_id=period, mode=TravelMode.TRAIN.value, home_city="Nantes",
            out_on=out, back_on=back,
        )  # fmt: skip
        half = (amount / 2).quantize(Decimal("0.01"))
        for label, day, part in (("Aller", out, half), ("Retour", back, amount - half)):
            receipt, _ = world.file("letter", "billet.pdf", _at(day, 12), stay.lead.uuid)
            rows.add(
                ExpenseLine, claim_id=key, nature=ExpenseNature.TICKET.value, label=f"{label}, seconde classe",
                day=day, amount=part, covered=part, receipt_id=receipt,
            )  # fmt: skip
    total = gross + charges
    for rank, share in enumerate(("0.40", "0.40", "0.12", "0.08")):
        part = (total * Decimal(share)).quantize(Decimal("0.01"))
        rows.add(
            FundingShare, season_id=held.pk, residency_id=stay.pk, funder_id=rank + 1, planned=part, committed=part,
            received=part if stay.over else Decimal(0),
        )  # fmt: skip


def _payment(
    world: World, held: Season, stay: Stay_, kind: PaymentKind, label: str, amount: Decimal, cost: Decimal, due: date,
    *, claimed: bool = False,
) -> int:  # fmt: skip
    """Paid once its day has come, planned before."""
    uuid = world.rows.uuid()
    paid = due < world.now.astimezone(PARIS).date()
    when = _at(due, 10)
    desk = world.desk.pk if paid else None
    key = world.rows.add(
        Payment, uuid=uuid, season_id=held.pk, residency_id=stay.pk, kind=kind.value, label=label, payee=stay.name,
        amount=amount, cost=cost, due_on=None if claimed else due,
        state=(PaymentState.PAID if paid else PaymentState.PLANNED).value,
        claimed_at=when if claimed and paid else None, claimed_by_id=stay.lead.pk if claimed and paid else None,
        checked_at=when if paid else None, checked_by_id=desk, approved_at=when if paid else None,
        approved_by_id=desk, paid_on=due if paid else None, created_at=_at(held.starts_on, 9), updated_at=when,
    )  # fmt: skip
    said = {"payment": str(uuid), "kind": kind.value, "amount": str(amount), "cost": str(cost)}
    if paid:
        for rank, verb in enumerate(("payment.checked", "payment.approved", "payment.paid")):
            at = when + timedelta(minutes=rank)
            world.journal.say(at, verb, "candidatures.season", held.uuid, said, world.by_desk)
        mail(
            world, "payment.paid", stay.lead.email, "Un paiement est fait", f"Bonjour,\n\n{label} : {amount} €.\n",
            when + timedelta(minutes=5), about=(RESIDENCY, stay.uuid), dedupe=f"payment.paid:{uuid}:3",
        )  # fmt: skip
    return key


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=PARIS)


RESIDENCY = "residencies.residency"
