"""Beside the season under way: what is paid and claimed, who meets, what is told to everybody."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from candidatures.demo import calls
from candidatures.demo.call_data import PARIS
from residencies.demo import ending, start
from residencies.enums import CommunicationChannel, CommunicationState, MeetingKind, RhythmUnit, SubscriberState
from residencies.models import Feedback, FeedbackQuestion, FeedbackScore, Funder, Subscriber
from residencies.services import (
    actions,
    communication,
    feedback,
    meeting_minutes,
    meeting_preparation,
    meetings,
    money,
    news,
    payments,
    press,
    rhythms,
    scales,
)
from residencies.services.communication import Line
from residencies.services.news import Text
from residencies.services.press import Mention

if TYPE_CHECKING:
    from residencies.demo.build import Scene
    from residencies.models import Meeting

NEWS = [
    (
        date(2026, 9, 14),
        "Six artistes pour une saison",
        "Les résidences 2026-2027 commencent en octobre par une semaine d'immersion commune.",
        "Cinq artistes et une journaliste passeront la saison entre Avion, Lens, Liévin et trente-trois autres "
        "communes.\n\n## Où les rencontrer\n\nL'agenda s'ouvre avec les premières diffusions de novembre.",
    ),
    (
        date(2026, 9, 21),
        "Le bilan 2025-2026 est en ligne",
        "Séances, communes, publics : chaque chiffre mène à ce qui a eu lieu.",
        "Il se lit en ligne, se télécharge en PDF, et ses données sont ouvertes.",
    ),
    (
        date(2026, 10, 12),
        "La 27e heure a eu lieu",
        "Trente structures ont rencontré les artistes qu'elles avaient demandés, un rendez-vous à la fois.",
        "Chacune est repartie avec un horaire et, souvent, une idée.",
    ),
]
PLAN = [
    ("Annoncer les six résidences", "presse locale", CommunicationChannel.PRESS, date(2026, 9, 14), True),
    ("Affiche de la saison", "structures partenaires", CommunicationChannel.PRINT, date(2026, 9, 28), True),
    ("Reportage pendant l'immersion", "habitants", CommunicationChannel.RADIO, date(2026, 10, 8), True),
    ("Portraits des artistes, un par semaine", "habitants", CommunicationChannel.WEB, date(2026, 11, 16), False),
    ("Dossier pour les élus", "communes", CommunicationChannel.LETTER, date(2027, 1, 11), False),
    ("Invitation aux restitutions", "tout public", CommunicationChannel.SOCIAL, date(2027, 5, 3), False),
]
PRESS = [
    ("Le Courrier du Chevalement", "Six artistes s'installent pour cinq mois", date(2026, 9, 16), "Page 4."),
    ("Radio Fosse 7", "« On vient sans œuvre à produire »", date(2026, 10, 9), "Neuf minutes, à la mi-journée."),
]


def load_scales(scene: Scene) -> None:
    """The kilometre scales, with their sources."""
    scales.load()


def schedules(scene: Scene) -> None:
    """4 × 3 000 net, and the lump sum; the parts of the funders."""
    year = start.season_of(scene)
    for residency in scene.residencies.values():
        current = money.budget_of(residency)
        money.change_budget(
            by=scene.desk, residency=residency, figures=ending.figures(paid_by_call=True), version=current.version
        )
        money.schedule(
            by=scene.desk,
            residency=residency,
            dates=[date(2026, 10, 30), date(2027, 2, 26), date(2027, 4, 30), date(2027, 6, 11)],
        )
        money.plan_lump_sum(by=scene.desk, residency=residency, due_on=date(2026, 10, 16))
    assert Funder.objects.filter(territory=scene.territory).exists()
    ending.share_out(scene, list(scene.residencies.values()), received=False)
    money.add_expense(
        by=scene.desk,
        season=year,
        expense=money.Expense(
            label="Accueil de la 27e heure",
            payee="Traiteur Le Briquet doré",
            amount=ending.WELCOME,
            due_on=date(2026, 10, 30),
        ),
    )


def first_payments(scene: Scene) -> None:
    """The lump sums and the first instalments: paid, but for one that waits for a second pair of eyes."""
    rows = start.season_of(scene).payments.filter(due_on__lte=date(2026, 10, 30)).order_by("due_on", "pk")
    for rank, row in enumerate(rows):
        if rank == 9:
            payments.check(by=scene.desk, payment=row)
        elif rank != 10:
            ending.settle(scene, row, date(2026, 11, 6))


# Committees ------------------------------------------------------------------------------------


def rhythm(scene: Scene) -> None:
    """A technical committee a month, a steering committee a quarter."""
    year = start.season_of(scene)
    for kind, unit, weekday in (
        (MeetingKind.TECHNICAL, RhythmUnit.MONTH, 1),
        (MeetingKind.STEERING, RhythmUnit.QUARTER, 3),
    ):
        rhythms.set_rhythm(
            by=scene.desk,
            season=year,
            kind=kind,
            times=1,
            unit=unit,
            weekday=weekday,
            at=time(14),
            minutes=120,
            place="Salle des commissions",
        )


def october(scene: Scene) -> None:
    """The technical committee of October: prepared, held, settled; published."""
    meeting = _meeting(scene, date(2026, 10, 13), "Comité technique d'octobre")
    meeting = meetings.hold(by=scene.desk, meeting=meeting)
    meeting = meeting_minutes.write(
        by=scene.desk,
        meeting=meeting,
        version=meeting.version,
        introduction="La semaine d'immersion et la 27e heure viennent d'avoir lieu.",
        said={item.uuid: "Trente structures inscrites, quatre-vingts rendez-vous." for item in meeting.items.all()[:1]},
        presences={seat.uuid: "present" for seat in meeting.attendees.all()},
    )
    meeting_minutes.add_decision(
        by=scene.desk, meeting=meeting, text="Deux créneaux par semaine sont gardés pour les communes rurales."
    )
    for what, owner, due in (
        ("Relancer les structures sans équipe complète", "La coordination", date(2026, 11, 6)),
        ("Proposer trois dates de formation aux équipes", "Louvre-Lens", date(2027, 1, 15)),
    ):
        actions.add(by=scene.desk, meeting=meeting, what=what, owner=owner, due_on=due)
    meeting.refresh_from_db()
    meeting = meeting_minutes.settle(by=scene.desk, meeting=meeting, version=meeting.version)
    meeting_minutes.publish(by=scene.desk, meeting=meeting)


def next_committee(scene: Scene) -> None:
    """The next one, a few days ahead of today: its agenda is ready, nobody is invited yet."""
    today = scene.stage.now.astimezone(PARIS).date()
    _meeting(scene, today + timedelta(days=9), "Comité technique")


def _meeting(scene: Scene, on: date, title: str) -> Meeting:
    starts = datetime.combine(on, time(14), tzinfo=PARIS)
    meeting = meetings.plan(
        by=scene.desk,
        season=start.season_of(scene),
        kind=MeetingKind.TECHNICAL,
        facts=meetings.Facts(
            title=title, starts_at=starts, ends_at=starts + timedelta(hours=2), place="Salle des commissions"
        ),
    )
    for name in ("Où en sont les résidences", "Équipes à compléter", "Questions diverses"):
        meeting_preparation.add_item(by=scene.desk, meeting=meeting, title=name)
    meeting_preparation.add_institutions(
        by=scene.desk, meeting=meeting, institutions=list(scene.territory.institutions.all()[:5])
    )
    meeting.refresh_from_db()
    return meeting


# Told to everybody -----------------------------------------------------------------------------


def tell(scene: Scene) -> None:
    """The news that are out by now, the plan and the press log."""
    year = start.season_of(scene)
    for rank, (on, title, summary, body) in enumerate(NEWS):
        row = news.write(by=scene.desk, territory=scene.territory, text=Text(title=title, summary=summary, body=body))
        row = news.publish(by=scene.desk, news=row)
        # Each on its own day: they are written together here.
        type(row).objects.filter(pk=row.pk).update(published_at=datetime.combine(on, time(10), tzinfo=PARIS))
        if rank == len(NEWS) - 1:
            _subscribe(scene)
            row.refresh_from_db()
            news.send(by=scene.desk, news=row)
    for what, audience, channel, due, done in PLAN:
        item = communication.add(
            by=scene.desk,
            season=year,
            line=Line(what=what, audience=audience, channel=channel, due_on=due, owner="La coordination"),
        )
        if done:
            communication.move(by=scene.desk, item=item, target=CommunicationState.DONE)
    for outlet, title, day, note in PRESS:
        press.save(by=scene.desk, season=year, mention=Mention(outlet=outlet, title=title, day=day, note=note))


def _subscribe(scene: Scene) -> None:
    when = scene.stage.clock()
    for name in ("lectrice", "voisin", "mediathequaire"):
        Subscriber.objects.create(
            territory=scene.territory,
            email=f"{name}@demo.test",
            state=SubscriberState.CONFIRMED,
            asked_at=when,
            confirmed_at=when,
        )


def opinions(scene: Scene) -> None:
    """What structures are asked; what those of the season before answered, without their names."""
    feedback.first_questions(by=scene.desk, territory=scene.territory)
    questions = list(FeedbackQuestion.objects.filter(territory=scene.territory))
    rng = random.Random(5)  # noqa: S311 - always the same story
    year = calls.season(scene.territory, 2025)
    words = [
        "Les élèves en parlent encore.",
        "Prévoir un temps de préparation plus long avec l'équipe.",
        "Le groupe est revenu au complet la seconde fois, ce n'était jamais arrivé.",
        "Les horaires ont changé deux fois.",
        "Nous avons gardé les boîtes, et nous nous en servons.",
    ]
    for residency in scene.past.values():
        for _answer in range(rng.randrange(6, 10)):
            row = Feedback.objects.create(season=year, kind="gesture", words=words.pop() if words else "")
            row.residencies.add(residency)
            FeedbackScore.objects.bulk_create(
                FeedbackScore(feedback=row, question=question, value=rng.choice([3, 4, 4, 5, 5]))
                for question in questions
            )
