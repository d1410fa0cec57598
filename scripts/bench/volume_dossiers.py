"""Dossiers of one call: answers, pieces, deposits, checks, acknowledgements, as their artists sent them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from bench.volume_calls import Facts
from bench.volume_places import CITIES, Held, Person, World
from bench.volume_rows import some
from candidatures import snapshot
from candidatures.demo.content import personas
from candidatures.enums import ApplicationState as State
from candidatures.enums import CheckResult, DepositKind
from candidatures.models import (
    Application,
    Assembly,
    BudgetLine,
    Collaborator,
    Deposit,
    DepositCounter,
    DepositPiece,
    Discipline,
    Document,
    EligibilityCheck,
    EligibilityDeclaration,
    Member,
    PieceAnswer,
    PieceRequest,
    TerritoryClaim,
    WorkItem,
)
from candidatures.sections import (
    ARTICULATION,
    BUDGET,
    CONSENT,
    ELIGIBILITY,
    IDENTITY,
    PIECE_PREFIX,
    PRACTICE,
    TERRITORIES,
)
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.models import DeliveryAttempt, OutgoingMail
from clea.text import normalise

NET, GROSS, CHARGES, TOTAL = "12000.00", "15384.62", "6461.54", "21846.16"
SECTIONS = (
    IDENTITY, PRACTICE, ELIGIBILITY, f"{PIECE_PREFIX}courrier", f"{PIECE_PREFIX}cv", f"{PIECE_PREFIX}oeuvres",
    ARTICULATION, BUDGET, TERRITORIES, CONSENT,
)  # fmt: skip
#: A file in the dossier: its piece, what kind of file, how many send one.
SENT = (("courrier", "letter", 0.8), ("cv", "cv", 1.0), ("portfolio", "portfolio", 0.9))
UNTOUCHED = frozenset({State.DRAFT, State.SUBMITTED, State.WITHDRAWN})


class Dossier(NamedTuple):
    """What the jury and the residencies need of one."""

    pk: int
    uuid: UUID
    owner: Person
    state: State
    deposit: int
    number: str
    name: str
    discipline: str


@dataclass
class Answers:
    """One dossier while it is being made."""

    key: int
    uuid: UUID
    owner: Person
    started: datetime
    columns: dict[str, Any]
    members: list[dict[str, str]]
    disciplines: list[Discipline]
    axes: list[Any]
    works: list[dict[str, str]]
    claims: list[dict[str, str]]


class Maker:
    """Makes the dossiers of one call after the other: numbers and artists go on from one to the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.disciplines = list(Discipline.objects.order_by("order"))
        self.numbers: Counter[tuple[str, int]] = Counter()
        cast = list(personas().values())
        self.practices = [persona.practice for persona in cast]
        self.ideas = [persona.idea for persona in cast]
        self.grounds = [f"{persona.place} {persona.transitions}".strip() for persona in cast]
        self.works = [work for persona in cast for work in persona.works if len(work) == 4]

    def make(self, held: Facts, states: Sequence[State], now: datetime) -> list[Dossier]:
        """One dossier a state, filed in the order of time; those who never filed stay drafts."""
        rng, call = self.world.rng, held.call
        last = min(call.closes_at, now)
        span = (last - call.opens_at).total_seconds()
        # Half of them in the last tenth, as everybody does.
        late = [1 - (rng.random() ** 3) * 0.98 for _ in states]
        moments = sorted(call.opens_at + timedelta(seconds=span * share * 0.999) for share in late)
        order = list(states)
        rng.shuffle(order)
        owners = self._owners(len(order), call.opens_at)
        return [self._one(held, *each) for each in zip(order, moments, owners, strict=True)]

    def finish(self) -> None:
        for (prefix, year), last in self.numbers.items():
            DepositCounter.objects.update_or_create(prefix=prefix, year=year, defaults={"last": last})

    def _owners(self, count: int, at: datetime) -> list[Person]:
        """One in five applied before; ``artiste1@demo.test`` applies every year."""
        world, rng = self.world, self.world.rng
        again = some(rng, world.artists[1:], count // 5) if world.artists else []
        new = count - len(again) - 1 if world.artists else count
        made = [
            world.account(f"artiste{len(world.artists) + rank}@demo.test", at - timedelta(days=rng.randrange(1, 20)))
            for rank in range(1, new + 1)
        ]
        owners = [*world.artists[:1], *again, *made]
        world.artists += made
        rng.shuffle(owners)
        return owners

    # One dossier -------------------------------------------------------------------------------

    def _one(self, held: Facts, state: State, filed_at: datetime, owner: Person) -> Dossier:
        world, rows, rng = self.world, self.world.rows, self.world.rng
        answers = self._answers(
            held, owner, filed_at - timedelta(days=rng.randrange(1, 12), minutes=rng.randrange(900))
        )
        filed = state != State.DRAFT
        half = not filed and rng.random() < 0.5
        documents = [] if half else self._pieces(held, answers, filed_at)
        self._content(held, answers, half)
        deposit, number = 0, ""
        if filed:
            data, pieces = self._frozen(held, answers, documents)
            if rng.random() < 0.1:
                self._deposit(held, answers, filed_at - timedelta(hours=rng.randrange(1, 20)), 1, data, pieces)
                deposit, number = self._deposit(held, answers, filed_at, 2, data, pieces)
            else:
                deposit, number = self._deposit(held, answers, filed_at, 1, data, pieces)
        self._row(held, answers, state, filed_at, deposit, number, half)
        if state not in UNTOUCHED:
            self._checked(held, answers, state)
        if state == State.WITHDRAWN:
            said = {"from": "submitted", "to": "withdrawn", "told": False}
            world.journal.say(
                filed_at + timedelta(days=2), "application.withdrawn", APPLICATION, answers.uuid, said, owner.actor
            )
        if filed and rng.random() < 0.02 and state == State.SUBMITTED:
            rows.add(
                PieceRequest, application_id=answers.key, piece_id=held.pieces["cv"].pk, message="La page 2 manque.",
                due_at=filed_at + timedelta(days=40), asked_by_id=world.desk.pk, asked_at=filed_at + timedelta(days=1),
            )  # fmt: skip
        return Dossier(
            answers.key, answers.uuid, owner, state, deposit, number, answers.columns["artist_name"],
            answers.disciplines[0].name,
        )  # fmt: skip

    def _answers(self, held: Facts, owner: Person, started: datetime) -> Answers:
        rng, rows = self.world.rng, self.world.rows
        city, postal = rng.choice(CITIES)
        group = rng.random() < 0.18
        name = f"{owner.first} {owner.last}"
        if group:
            name = f"Collectif {rng.choice(['La', 'Les', 'Le Grand', 'Sous la'])} {owner.last}"
        columns = {
            "applicant_kind": "collective" if group else "artist",
            "artist_name": name,
            "first_name": owner.first,
            "last_name": owner.last,
            "phone": f"06 39 98 {rng.randrange(100):02d} {rng.randrange(100):02d}",
            "address": f"{rng.randrange(1, 99)} rue de l'Exemple",
            "postal_code": postal,
            "city": city,
            "country": "France" if rng.random() > 0.04 else "Belgique",
            "organisation": f"Association {owner.last}" if rng.random() < 0.3 else "",
            "practice": f"{rng.choice(self.practices)} {rng.choice(self.ideas)}"[:2000],
            "website": f"https://artiste{owner.pk}.example/" if rng.random() < 0.7 else "",
            "territory_link": f"{rng.choice(self.grounds)}\n\n{rng.choice(self.ideas)}\n\n{rng.choice(self.grounds)}",
            "transitions_link": rng.choice(self.grounds),
            "life_stages": some(rng, ["school", "around_school", "out_of_school", "general", "professionals"], 2),
            "applies_elsewhere": rng.random() < 0.15,
            "accuracy_declared": True,
            "privacy_read": True,
            "keep_in_touch": rng.random() < 0.4,
        }
        works = some(rng, self.works, rng.randrange(1, 4))
        return Answers(
            key=0,
            uuid=rows.uuid(),
            owner=owner,
            started=started,
            columns=columns,
            members=[{"name": " ".join(self.world.name()), "role": "interprète"} for _ in range(2)] if group else [],
            disciplines=some(rng, self.disciplines, rng.randrange(1, 3)),
            axes=some(rng, held.axes, rng.randrange(1, 3)),
            works=[{"title": t, "year": y, "form": f, "needs": n} for t, y, f, n in works],
            claims=[{"territory": "Pays de l'Exemple", "jury_on": ""}] if columns["applies_elsewhere"] else [],
        )

    def _row(
        self, held: Facts, answers: Answers, state: State, at: datetime, deposit: int, number: str, half: bool
    ) -> None:
        columns, owner = answers.columns, answers.owner
        if half:
            columns |= {"territory_link": "", "transitions_link": "", "accuracy_declared": False, "privacy_read": False}
        last = at.isoformat()
        wrote = SECTIONS[:3] if half else SECTIONS
        by = str(owner.uuid)
        agreed = at if columns["keep_in_touch"] else None
        self.world.rows.add(
            Application, id=answers.key, uuid=answers.uuid, call_id=held.call.pk, owner_id=owner.pk, state=state.value,
            created_at=answers.started, updated_at=at,
            sections={name: {"v": 1, "at": last, "by": by, "m": "", "j": last} for name in wrote},
            content_version=1 + len(wrote), filed_version=1 + len(wrote) if deposit else 0,
            last_deposit_id=deposit or None, keep_in_touch_at=agreed,
            search=normalise(
                columns["artist_name"], columns["first_name"], columns["last_name"], columns["organisation"],
                columns["city"], owner.email, number,
            ),
            **columns,
        )  # fmt: skip

    def _pieces(self, held: Facts, answers: Answers, at: datetime) -> list[tuple[str, int, Held, str]]:
        """PDFs of the working copy: piece, row of the file, the file, its name."""
        world, rng, sent = self.world, self.world.rng, []
        for code, kind, share in SENT:
            if rng.random() > share:
                continue
            when = at - timedelta(hours=rng.randrange(1, 20))
            name = f"{answers.owner.last} {code}.pdf"
            stored, file = world.file(kind, name, when, answers.owner.uuid)
            world.rows.add(
                Document, application_id=answers.key or self._key(answers), piece_id=held.pieces[code].pk,
                stored_file_id=stored, added_at=when, added_by_id=answers.owner.pk,
            )  # fmt: skip
            sent.append((code, stored, file, name))
            said = {"piece": code, "sha256": file.sha256, "replaced": ""}
            world.journal.say(when, "piece.added", APPLICATION, answers.uuid, said, answers.owner.actor)
        return sent

    def _key(self, answers: Answers) -> int:
        """The key of a dossier whose row comes last, once its deposit is known."""
        answers.key = answers.key or self.world.rows.reserve(Application)
        return answers.key

    def _content(self, held: Facts, answers: Answers, half: bool) -> None:
        rows, rng, key = self.world.rows, self.world.rng, self._key(answers)
        for discipline in answers.disciplines:
            rows.link(Application.disciplines.through, application_id=key, discipline_id=discipline.pk)
        for rank, member in enumerate(answers.members, start=1):
            rows.add(Member, application_id=key, order=rank, **member)
        begun = {"call": str(held.call.uuid)}
        self.world.journal.say(
            answers.started, "application.started", APPLICATION, answers.uuid, begun, answers.owner.actor
        )
        edited = answers.started + timedelta(minutes=rng.randrange(3, 50))
        self.world.journal.say(
            edited, "application.edited", APPLICATION, answers.uuid, {"section": IDENTITY}, answers.owner.actor
        )
        if half:
            return
        for axis in answers.axes:
            rows.link(Application.axes.through, application_id=key, axis_id=axis.pk)
        for rank, work in enumerate(answers.works, start=1):
            rows.add(WorkItem, application_id=key, order=rank, **work)
        for claim in answers.claims:
            rows.add(TerritoryClaim, application_id=key, order=1, territory=claim["territory"])
        for criterion in held.criteria:
            rows.add(EligibilityDeclaration, application_id=key, criterion_id=criterion.pk, declared=True)
        rows.add(
            BudgetLine, application_id=key, order=1, label="Salaire, quatre mois", net=NET, gross=GROSS,
            employer_charges=CHARGES, total=TOTAL,
        )  # fmt: skip
        if rng.random() < 0.2:
            rows.add(
                PieceAnswer, application_id=key, piece_id=held.pieces["courrier"].pk, text=rng.choice(self.grounds)
            )
        if rng.random() < 0.03 and len(self.world.artists) > 2:
            friend = rng.choice(self.world.artists)
            if friend.pk != answers.owner.pk:
                rows.add(Collaborator, application_id=key, user_id=friend.pk, role="read", added_at=answers.started)

    # What is filed -----------------------------------------------------------------------------

    def _frozen(
        self, held: Facts, answers: Answers, documents: list[tuple[str, int, Held, str]]
    ) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The answers as ``snapshot.take`` would freeze them, and the pieces in the call's order."""
        typed = {"works": answers.works}
        pieces: list[dict[str, Any]] = []
        for code, stored, file, name in documents:
            pieces.append(
                {"code": code, "title": held.pieces[code].title, "sha256": file.sha256, "name": name,
                 "pages": file.pages, "size": file.size, "typed": False, "stored": stored,
                 "identifying": held.pieces[code].identifying}
            )  # fmt: skip
        works = held.pieces["oeuvres"]
        pieces.append(
            {"code": "oeuvres", "title": works.title, "sha256": snapshot.digest(typed), "name": "", "pages": None,
             "size": 0, "typed": True, "stored": None, "identifying": works.identifying}
        )  # fmt: skip
        columns, call = answers.columns, held.call
        sums = {"net": NET, "gross": GROSS, "employer_charges": CHARGES, "total": TOTAL}
        line = {"nature": "general", "nature_label": "régime général", "label": "Salaire, quatre mois", **sums}
        data = {
            "call": {"uuid": str(call.uuid), "slug": call.slug, "title": call.title},
            "identity": {
                "kind": columns["applicant_kind"],
                "email": answers.owner.email,
                "members": answers.members,
                **{name: columns[name] for name in IDENTITY_COLUMNS},
            },
            "practice": {
                "disciplines": [discipline.name for discipline in answers.disciplines],
                "practice": columns["practice"],
                "website": columns["website"],
            },
            "declarations": [
                {"criterion": criterion.pk, "text": criterion.text, "declared": True, "comment": ""}
                for criterion in held.criteria
            ],
            "articulation": {
                "axes": [axis.title for axis in answers.axes],
                "territory_link": columns["territory_link"],
                "transitions_link": columns["transitions_link"],
                "life_stages": columns["life_stages"],
            },
            "budget": {"lines": [line], **sums, "comment": "", "notes": []},
            "other_territories": {"applies_elsewhere": columns["applies_elsewhere"], "claims": answers.claims},
            "consent": {name: columns[name] for name in ("accuracy_declared", "privacy_read", "keep_in_touch")},
            "schema": snapshot.SCHEMA,
            "answers": {"oeuvres": typed},
            "held_by_single_pdf": [],
            "pieces": [{name: piece[name] for name in MANIFEST} for piece in pieces],
        }
        return data, pieces

    def _deposit(
        self, held: Facts, answers: Answers, at: datetime, rank: int, data: dict[str, Any], pieces: list[dict[str, Any]]
    ) -> tuple[int, str]:
        world, rows, call = self.world, self.world.rows, held.call
        series = (call.reference_prefix, call.reference_year)
        self.numbers[series] += 1
        number = f"{series[0]}-{series[1]}-{self.numbers[series]:04d}"
        sha256, uuid = snapshot.digest(data), rows.uuid()
        key = rows.add(
            Deposit, uuid=uuid, application_id=answers.key, kind=DepositKind.FILING.value, number=number, rank=rank,
            received_at=at, filed_by_id=answers.owner.pk, sha256=sha256, data=data,
        )  # fmt: skip
        for order, piece in enumerate(pieces):
            rows.add(
                DepositPiece, deposit_id=key, order=order, code=piece["code"], title=piece["title"],
                stored_file_id=piece["stored"], sha256=piece["sha256"], pages=piece["pages"], size=piece["size"],
                original_name=piece["name"], identifying=piece["identifying"],
            )  # fmt: skip
        whole, _ = world.file("whole", f"{number}.pdf", at + timedelta(seconds=20))
        rows.add(Assembly, deposit_id=key, stored_file_id=whole, made_at=at + timedelta(seconds=20))
        said = {"deposit": number, "rank": rank, "sha256": sha256}
        world.journal.say(at, "application.filed", APPLICATION, answers.uuid, said, answers.owner.actor)
        body = ACKNOWLEDGED.format(name=answers.columns["artist_name"], call=call.title, number=number, sha256=sha256)
        mail(
            world, "application.acknowledgement", answers.owner.email, f"Votre dossier {number} est déposé", body,
            at + timedelta(seconds=3), about=(APPLICATION, answers.uuid), dedupe=f"ack:{answers.uuid}:{uuid}",
        )  # fmt: skip
        return key, number

    def _checked(self, held: Facts, answers: Answers, state: State) -> None:
        world, rng = self.world, self.world.rng
        at = held.call.closes_at + timedelta(hours=9, minutes=rng.randrange(2000))
        missed = rng.randrange(len(held.criteria)) if state == State.INELIGIBLE else -1
        results = {}
        for rank, criterion in enumerate(held.criteria):
            result = CheckResult.NOT_MET.value if rank == missed else CheckResult.MET.value
            results[str(criterion.pk)] = result
            world.rows.add(
                EligibilityCheck, application_id=answers.key, criterion_id=criterion.pk, result=result,
                reason="Les dates ne sont pas toutes possibles." if rank == missed else "",
                checked_by_id=world.desk.pk, checked_at=at,
            )  # fmt: skip
        to = "ineligible" if missed >= 0 else "eligible"
        said = {"from": "submitted", "to": to, "results": results}
        world.journal.say(at, "eligibility.checked", APPLICATION, answers.uuid, said, world.by_desk)


APPLICATION = "candidatures.application"
MANIFEST = ("code", "title", "sha256", "name", "pages", "size", "typed")
IDENTITY_COLUMNS = (
    "artist_name", "first_name", "last_name", "phone", "address", "postal_code", "city", "country", "organisation",
)  # fmt: skip
ACKNOWLEDGED = (
    "Bonjour,\n\nNous avons reçu le dossier de **{name}** pour l'appel « {call} ».\n\n- Numéro de dépôt : "
    "**{number}**\n- Empreinte SHA-256 : {sha256}\n\nJusqu'à la clôture, vous pouvez modifier votre dossier et le "
    "déposer de nouveau. Le dernier dépôt fait foi.\n\nChaque candidature déposée reçoit une réponse écrite, au plus "
    "tard à la date d'annonce des résultats indiquée dans l'appel.\n"
)


def mail(
    world: World, kind: str, to: str, subject: str, body: str, at: datetime, *,
    about: tuple[str, Any] = ("", ""), dedupe: str = "", draft: bool = False,
) -> int:  # fmt: skip
    """A message that left, with what the server answered; or one that waits for its approval."""
    uuid = world.rows.uuid()
    when = None if draft else at
    key = world.rows.add(
        OutgoingMail, uuid=uuid, kind=kind, scope=world.territory.slug, to=to, subject=subject, body=body,
        state=(MailState.DRAFT if draft else MailState.SENT).value, about_type=about[0],
        about_id=str(about[1]), dedupe_key=dedupe, created_at=at, approved_at=when, sent_at=when,
        attempts=0 if draft else 1,
    )  # fmt: skip
    if not draft:
        world.rows.add(
            DeliveryAttempt, mail_id=key, number=1, started_at=at, finished_at=at + timedelta(milliseconds=200),
            outcome=AttemptOutcome.SENT.value,
        )  # fmt: skip
        said = {"kind": kind, "about": [about[0], str(about[1])], "attempts": 1, "smtp_code": None}
        world.journal.say(at, "mail.sent", "mail.outgoingmail", uuid, said)
    return key
