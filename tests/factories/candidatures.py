"""Programmes, calls and dossiers. Every name is invented.

``CallFactory()`` is published and open, ``closed=True`` closed ten days ago, ``upcoming=True``
opens in ten days, ``draft=True`` is in preparation; ``complete=True`` gives it all a call has.
``ApplicationFactory()`` is an empty draft, ``complete=True`` lacks nothing, ``submitted=True`` was
filed by the service that files (before the close, if the call is closed), ``state=…`` then sets
where it went afterwards.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import factory
import pikepdf
import time_machine
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from candidatures.enums import (
    ApplicantKind,
    ApplicationState,
    CallKind,
    CallStatus,
    InvitationKind,
    PeriodKind,
    PieceForm,
)
from candidatures.models import (
    Application,
    Axis,
    BudgetLine,
    Call,
    CallPeriod,
    CallPiece,
    CallSection,
    Collaborator,
    ContactMessage,
    Discipline,
    Document,
    EligibilityCriterion,
    EligibilityDeclaration,
    Extension,
    FrequentQuestion,
    Invitation,
    Member,
    MoneyRules,
    PieceAnswer,
    PieceRequest,
    Position,
    Programme,
    ScoringCriterion,
    Season,
    WorkItem,
)
from candidatures.services import deposits
from clea.documents import services as documents
from clea.documents.models import StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory


def midnight(days: int) -> datetime:
    """00:00 in Paris, ``days`` from today: a deadline as calls have it."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(0)))


@lru_cache(maxsize=32)
def tiny_pdf(pages: int = 1) -> bytes:
    """A real PDF of blank A4 pages."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def stored_pdf(by: Any = None, name: str = "document.pdf", pages: int = 1) -> StoredFile:
    """A PDF in the storage, as ``documents.intake_pdf`` leaves it."""
    return documents.store_bytes(by=by, content=tiny_pdf(pages), name=name, content_type="application/pdf", pages=pages)


class DisciplineFactory(DjangoModelFactory[Discipline]):
    class Meta:
        model = Discipline
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Discipline {n}")


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    territory = factory.SubFactory(TerritoryFactory)
    name = factory.Sequence(lambda n: f"Contrat {n}")
    slug = factory.Sequence(lambda n: f"contrat-{n}")
    starts_on = date(2025, 9, 1)
    ends_on = date(2028, 8, 31)


class SeasonFactory(DjangoModelFactory[Season]):
    """A school year. ``territory=…`` gives it a programme there."""

    class Meta:
        model = Season

    class Params:
        territory = None

    programme = factory.Maybe(
        "territory",
        yes_declaration=factory.SubFactory(ProgrammeFactory, territory=factory.SelfAttribute("..territory")),
        no_declaration=factory.SubFactory(ProgrammeFactory),
    )
    name = factory.Sequence(lambda n: f"{2026 + n}-{2027 + n}")
    starts_on = date(2026, 9, 1)
    ends_on = date(2027, 8, 31)


class CallFactory(DjangoModelFactory[Call]):
    """A call; see the module. ``territory=…`` puts it there, ``pieces=False`` with ``complete`` leaves them out."""

    class Meta:
        model = Call
        skip_postgeneration_save = True

    class Params:
        territory = None
        closed = factory.Trait(
            opens_at=factory.LazyFunction(lambda: midnight(-60)), closes_at=factory.LazyFunction(lambda: midnight(-10))
        )
        upcoming = factory.Trait(
            opens_at=factory.LazyFunction(lambda: midnight(10)), closes_at=factory.LazyFunction(lambda: midnight(60))
        )
        draft = factory.Trait(status=CallStatus.DRAFT, published_at=None)

    season = factory.Maybe(
        "territory",
        yes_declaration=factory.SubFactory(SeasonFactory, territory=factory.SelfAttribute("..territory")),
        no_declaration=factory.SubFactory(SeasonFactory),
    )
    kind = CallKind.ARTISTIC
    status = CallStatus.PUBLISHED
    published_at = factory.LazyAttribute(lambda call: call.opens_at)
    slug = factory.Sequence(lambda n: f"appel-{n}")
    title = factory.Sequence(lambda n: f"Appel à candidatures {n}")
    summary = "Cinq résidences pour créer avec les habitants."
    reference_year = factory.LazyAttribute(lambda call: call.opens_at.year)
    opens_at = factory.LazyFunction(lambda: midnight(-30))
    closes_at = factory.LazyFunction(lambda: midnight(30))
    contact_email = "culture@exemple.test"
    silence_notice = "Sans réponse de notre part sous deux mois, votre candidature est réputée rejetée."

    @factory.post_generation
    def complete(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            fill_call(self)


def fill_call(call: Call) -> Call:
    """Give a call a position, axes, dates, texts, pieces, criteria and money rules."""
    first = timezone.localdate(call.closes_at)
    Position.objects.create(call=call, title="Résidence artistique", title_en="Artist residency", count=5)
    Axis.objects.create(call=call, title="Paysage", title_en="Landscape", text="Le **bassin** minier.")
    CallPeriod.objects.bulk_create(
        [
            CallPeriod(
                call=call, kind=PeriodKind.IMMERSION, title="Immersion",
                starts_on=first + timedelta(days=90), ends_on=first + timedelta(days=94),
            ),
            CallPeriod(
                call=call, kind=PeriodKind.PHASE, title="Phase 1",
                starts_on=first + timedelta(days=150), ends_on=first + timedelta(days=168),
            ),
        ]
    )  # fmt: skip
    CallSection.objects.create(call=call, title="Le projet", slug="projet", text="Une *résidence-mission*.")
    CallPiece.objects.bulk_create(
        [
            CallPiece(
                call=call, code="lettre", title="Lettre d'intention", title_en="Letter", form=PieceForm.TEXT,
                required=True, order=1,
            ),
            CallPiece(call=call, code="cv", title="CV", title_en="CV", form=PieceForm.FILE, required=True, order=2),
            CallPiece(call=call, code="portfolio", title="Portfolio", form=PieceForm.LINKS, order=3),
            CallPiece(call=call, code="oeuvres", title="Œuvres à diffuser", form=PieceForm.WORKS, order=4),
        ]
    )  # fmt: skip
    EligibilityCriterion.objects.bulk_create(
        [
            EligibilityCriterion(call=call, text="Je parle français.", text_en="I speak French.", order=1),
            EligibilityCriterion(call=call, text="J'ai le permis et une voiture.", order=2),
        ]
    )
    ScoringCriterion.objects.create(call=call, title="Qualité artistique", weight=3)
    FrequentQuestion.objects.create(call=call, question="Puis-je candidater à deux ?", answer="Oui, en collectif.")
    MoneyRules.objects.create(
        call=call,
        net_allowance=Decimal("12000.00"),
        allowance_months=4,
        employer_ceiling=Decimal("24000.00"),
        cachet_max_percent=Decimal("30.00"),
        author_max_percent=Decimal("30.00"),
        travel_lump_sum=Decimal("500.00"),
        return_trips=3,
        lodging_provided=True,
    )
    return call


class ApplicationFactory(DjangoModelFactory[Application]):
    """A dossier; see the module. ``filed_at=…`` says when ``submitted=True`` happened."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    call = factory.SubFactory(CallFactory, complete=True)
    owner = factory.SubFactory(UserFactory)
    first_name = factory.LazyAttribute(lambda application: application.owner.first_name)
    last_name = factory.LazyAttribute(lambda application: application.owner.last_name)
    artist_name = factory.Sequence(lambda n: f"Élan {n}")

    @classmethod
    def _create(cls, model_class: type[Application], *args: Any, **kwargs: Any) -> Application:
        complete, submitted = kwargs.pop("complete", False), kwargs.pop("submitted", False)
        filed_at, state = kwargs.pop("filed_at", None), kwargs.pop("state", None)
        application = Application(**kwargs)
        application.save()
        if complete or submitted:
            fill_application(application)
        if submitted:
            file_application(application, at=filed_at)
        if state:
            Application.objects.filter(pk=application.pk).update(state=state)
        return Application.objects.get(pk=application.pk)


def fill_application(application: Application) -> Application:
    """Write everything the call requires, as the forms would leave it."""
    call, owner = application.call, application.owner
    defaults = {
        "first_name": "Ada", "last_name": "Nom", "phone": "00 00 00 00 00", "address": "1 rue des Terrils",
        "postal_code": "62300", "city": "Bourg", "country": "France", "practice": "Je dessine avec des gens.",
    }  # fmt: skip
    for name, value in defaults.items():
        setattr(application, name, getattr(application, name) or value)
    application.accuracy_declared = application.privacy_read = True
    if application.applies_elsewhere is None:
        application.applies_elsewhere = False
    application.save()
    application.disciplines.add(DisciplineFactory(name="arts visuels"))
    if application.applicant_kind == ApplicantKind.COLLECTIVE and not application.members.exists():
        Member.objects.create(application=application, name="Basile Autre", role="son")
    EligibilityDeclaration.objects.bulk_create(
        EligibilityDeclaration(application=application, criterion=criterion, declared=True)
        for criterion in call.criteria.all()
    )
    for piece in call.pieces.all():
        if piece.form == PieceForm.TEXT:
            PieceAnswer.objects.create(application=application, piece=piece, text="Je souhaite créer avec vous.")
        elif piece.form == PieceForm.LINKS:
            PieceAnswer.objects.create(application=application, piece=piece, text="https://exemple.test/travaux")
        elif piece.form == PieceForm.WORKS:
            WorkItem.objects.create(application=application, title="Lisières", year="2024", form="film")
        elif piece.required:
            Document.objects.create(
                application=application,
                piece=piece,
                stored_file=stored_pdf(owner, name=f"{piece.code}.pdf", pages=2),
                added_by=owner,
            )
    BudgetLine.objects.create(
        application=application,
        label="Rémunération",
        net=Decimal("12000.00"),
        gross=Decimal("15000.00"),
        employer_charges=Decimal("6000.00"),
        total=Decimal("21000.00"),
    )
    return application


def file_application(application: Application, *, at: datetime | None = None) -> Any:
    """File through the service, at ``at``; on a closed call, a day before the close by default."""
    if at is None and not application.call.is_open():
        at = application.call.closes_at - timedelta(days=1)
    if at is None:
        return deposits.file(by=application.owner, application=application)
    with time_machine.travel(at, tick=False):
        return deposits.file(by=application.owner, application=application)


def file_again(application: Application, *, at: datetime | None = None) -> Any:
    """Change something and file once more: a second deposit."""
    Application.objects.filter(pk=application.pk).update(content_version=F("content_version") + 1)
    return file_application(Application.objects.get(pk=application.pk), at=at)


class CollaboratorFactory(DjangoModelFactory[Collaborator]):
    class Meta:
        model = Collaborator

    application = factory.SubFactory(ApplicationFactory)
    user = factory.SubFactory(UserFactory)


class InvitationFactory(DjangoModelFactory[Invitation]):
    """Waiting, to read. Its token is nobody's: to accept one, invite through the service."""

    class Meta:
        model = Invitation

    application = factory.SubFactory(ApplicationFactory)
    kind = InvitationKind.READ
    email = factory.Sequence(lambda n: f"invitation{n}@exemple.test")
    token_digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = factory.LazyFunction(lambda: midnight(14))


class ExtensionFactory(DjangoModelFactory[Extension]):
    class Meta:
        model = Extension

    call = factory.SubFactory(CallFactory, complete=True)
    user = factory.SubFactory(UserFactory)
    until = factory.LazyAttribute(lambda extension: extension.call.closes_at + timedelta(days=3))
    reason = "Hospitalisation, certificat reçu."
    granted_by = factory.LazyAttribute(
        lambda extension: CoordinatorFactory(territory=extension.call.season.programme.territory)
    )


class PieceRequestFactory(DjangoModelFactory[PieceRequest]):
    class Meta:
        model = PieceRequest

    application = factory.SubFactory(ApplicationFactory, submitted=True)
    piece = factory.LazyAttribute(lambda request: request.application.call.pieces.get(code="cv"))
    message = "Le CV est illisible : merci d'en envoyer un autre."
    due_at = factory.LazyFunction(lambda: midnight(7))
    asked_by = factory.LazyAttribute(
        lambda request: CoordinatorFactory(territory=request.application.call.season.programme.territory)
    )


class ContactMessageFactory(DjangoModelFactory[ContactMessage]):
    class Meta:
        model = ContactMessage

    call = factory.SubFactory(CallFactory)
    name = "Gaspard Curieux"
    email = "gaspard@exemple.test"
    text = "Peut-on candidater depuis la Belgique ?"


#: Where a filed dossier may stand after it was filed, for tests that want one of each.
AFTER_FILING = [state for state in ApplicationState if state != ApplicationState.DRAFT]
