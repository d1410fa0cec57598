"""Juries, jurors, reviews, sessions. Every name is invented.

``JuryFactory()`` is the jury of a closed, complete call, reading open. ``JurorFactory(jury=…)`` has
joined. ``read_by(juror, application)`` gives a dossier; ``ReviewFactory(…, notes=[4, 3])`` scores it
and files it. ``eligible(call, n)`` makes light admissible dossiers in bulk (no file), for lists and
query counts; use ``ApplicationFactory(call=…, submitted=True, state="eligible")`` for a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from candidatures.enums import Advice, ApplicationState, JurorRole, ReviewState
from candidatures.models import (
    Application,
    Assignment,
    Call,
    Deposit,
    Juror,
    Jury,
    Recusal,
    Review,
    Score,
    ScoringCriterion,
)
from clea.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory, DisciplineFactory
from tests.factories.structures import InstitutionFactory


class JuryFactory(DjangoModelFactory[Jury]):
    class Meta:
        model = Jury

    class Params:
        territory = None

    call = factory.Maybe(
        "territory",
        yes_declaration=factory.SubFactory(
            CallFactory, complete=True, closed=True, territory=factory.SelfAttribute("..territory")
        ),
        no_declaration=factory.SubFactory(CallFactory, complete=True, closed=True),
    )
    reads_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=5))
    reads_to = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=10))
    readers_per_dossier = 2
    institutions_per_dossier = 2

    @classmethod
    def _create(cls, model_class: type[Jury], *args: Any, **kwargs: Any) -> Jury:
        jury = super()._create(model_class, *args, **kwargs)
        # Two criteria of different weights: a mean that forgets them is seen.
        if jury.call.scoring.count() < 2:
            ScoringCriterion.objects.create(
                call=jury.call, title="Rencontre avec les habitants", guidance="Comment, avec qui.", weight=1, order=2
            )
        return jury


class JurorFactory(DjangoModelFactory[Juror]):
    """A member who accepted the charter; ``joined_at=None`` for one who has not."""

    class Meta:
        model = Juror

    jury = factory.SubFactory(JuryFactory)
    user = factory.SubFactory(UserFactory)
    institution = factory.LazyAttribute(lambda juror: InstitutionFactory(territory=juror.jury.territory))
    role = JurorRole.MEMBER
    invited_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=8))
    joined_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=7))


class AssignmentFactory(DjangoModelFactory[Assignment]):
    class Meta:
        model = Assignment


class RecusalFactory(DjangoModelFactory[Recusal]):
    class Meta:
        model = Recusal

    reason = "work"
    words = "Nous avons travaillé ensemble."
    declared_at = factory.LazyFunction(timezone.now)
    declared_by = factory.LazyAttribute(lambda recusal: recusal.juror.user)


def read_by(juror: Juror, *applications: Application) -> list[Assignment]:
    """Give dossiers to a juror, to read."""
    return [AssignmentFactory(juror=juror, application=application) for application in applications]


class ReviewFactory(DjangoModelFactory[Review]):
    """A filed review. ``notes``: a value a criterion, in their order; ``draft=True`` leaves it unfiled."""

    class Meta:
        model = Review

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        notes: Sequence[int | None] = kwargs.pop("notes", ())
        draft = kwargs.pop("draft", False)
        juror, application = kwargs["juror"], kwargs["application"]
        Assignment.objects.get_or_create(juror=juror, application=application)
        kwargs.setdefault("deposit", application.last_deposit)
        kwargs.setdefault("advice", "" if draft else Advice.FAVOURABLE)
        kwargs.setdefault("version", 1)
        if not draft:
            kwargs.setdefault("state", ReviewState.FILED)
            kwargs.setdefault("filed_at", timezone.now())
        review = super()._create(model_class, *args, **kwargs)
        criteria = list(application.call.scoring.all())
        Score.objects.bulk_create(
            Score(review=review, criterion=criterion, value=value)
            for criterion, value in zip(criteria, notes, strict=False)
        )
        return review


def eligible(call: Call, count: int = 3, *, state: str = ApplicationState.ELIGIBLE, **kwargs: Any) -> list[Application]:
    """Light admissible dossiers, filed before the close, without a file. Seven queries, whatever the number."""
    first = User.objects.count()
    owners = User.objects.bulk_create(
        User(email=f"artiste-{call.pk}-{first + n}@exemple.test", first_name="Ada", last_name=f"Nom{first + n}")
        for n in range(count)
    )
    cities = [("Lille", "59000"), ("Arras", "62000"), ("Amiens", "80000"), ("Paris", "75011")]
    defaults: dict[str, Any] = {"practice": "Je dessine avec des gens.", "applies_elsewhere": False} | kwargs
    rows = Application.objects.bulk_create(
        Application(
            call=call,
            owner=owner,
            state=state,
            first_name="Ada",
            last_name=owner.last_name,
            artist_name=f"Élan {owner.last_name}",
            city=cities[n % 4][0],
            postal_code=cities[n % 4][1],
            content_version=1,
            filed_version=1,
            **defaults,
        )
        for n, owner in enumerate(owners)
    )
    received = call.closes_at - timedelta(days=1)
    made = Deposit.objects.bulk_create(
        Deposit(
            application=row,
            number=f"CLEA-{call.reference_year}-{call.pk:03d}{first + n:04d}",
            rank=1,
            received_at=received,
            filed_by=row.owner,
            sha256=f"{n:064x}",
            data=_light_answers(row),
        )
        for n, row in enumerate(rows)
    )
    for row, deposit in zip(rows, made, strict=True):
        row.last_deposit = deposit
    Application.objects.bulk_update(rows, ["last_deposit"])
    discipline = DisciplineFactory(name="arts visuels")
    through = Application.disciplines.through
    through.objects.bulk_create(through(application=row, discipline=discipline) for row in rows)
    return rows


def _light_answers(application: Application) -> dict[str, Any]:
    """What ``snapshot.take`` freezes, for a dossier without files."""
    return {
        "schema": 1,
        "call": {"uuid": str(application.call.uuid), "slug": application.call.slug, "title": application.call.title},
        "identity": {
            "kind": application.applicant_kind,
            "artist_name": application.artist_name,
            "first_name": application.first_name,
            "last_name": application.last_name,
            "email": application.owner.email,
            "phone": "00 00 00 00 00",
            "address": "1 rue des Terrils",
            "postal_code": application.postal_code,
            "city": application.city,
            "country": application.country,
            "organisation": application.organisation,
            "members": [],
        },
        "practice": {"disciplines": ["arts visuels"], "practice": application.practice, "website": ""},
        "declarations": [],
        "articulation": {"axes": [], "territory_link": "", "transitions_link": "", "life_stages": []},
        "budget": {
            "lines": [],
            "net": "12000.00",
            "gross": "15000.00",
            "employer_charges": "6000.00",
            "total": "21000.00",
            "comment": "",
            "notes": [],
        },
        "other_territories": {"applies_elsewhere": False, "claims": []},
        "consent": {"accuracy_declared": True, "privacy_read": True, "keep_in_touch": False},
        "answers": {},
        "held_by_single_pdf": [],
        "pieces": [],
    }
