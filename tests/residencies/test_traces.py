"""What residencies leave, and the consents it is shown under: withdrawn, it leaves every page at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from candidatures.models import Season
from clea.documents import services as documents
from clea.documents.errors import PieceRefused
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies import files
from residencies.enums import Qualifier
from residencies.enums.bilan import ConsentForm, ProductionKind
from residencies.models import Bilan, Consent, HandEntry, Picture, Production, Residency
from residencies.rules import traces as rules
from residencies.selectors import traces as selectors
from residencies.services import consents, pictures, productions, testimonies, trace_locks
from tests.factories import traces as make
from tests.factories.accounts import UserFactory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(published_at=timezone.now())


@pytest.fixture
def coordinator(residency: Residency) -> Any:
    return CoordinatorFactory(territory=residency.territory)


def facts(**values: Any) -> dict[str, Any]:
    return {
        "person": "Odile Terrier",
        "form": ConsentForm.PAPER,
        "on_site": True,
        "in_print": True,
        "in_press": False,
        "given_on": timezone.localdate() - timedelta(days=3),
    } | values


def close(season: Season) -> None:
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())


def seen_of(rows: list[Any]) -> list[Any]:
    return [row.pk for row in rows]


# Consents ---------------------------------------------------------------------------------------


def test_a_consent_is_noted_with_its_proof_that_only_the_coordination_reads(
    residency: Residency, coordinator: Any
) -> None:
    row = consents.record(by=coordinator, season=residency.season, proof=make.paper(), **facts())
    assert row.proof is not None
    assert OutgoingMail.objects.count() == 0
    assert files.resolve(coordinator, row.proof) is not None
    for stranger in (artist_of(residency), UserFactory(), CoordinatorFactory()):
        assert files.resolve(stranger, row.proof) is None
    entry = Entry.objects.get(verb="consent.recorded")
    assert "Odile" not in str(entry.data)


def test_the_person_receives_the_link_that_withdraws_it(residency: Residency, coordinator: Any) -> None:
    row = consents.record(
        by=coordinator, season=residency.season, **facts(guardian="Paul Terrier", email="paul@exemple.test")
    )
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("consent.recorded", "paul@exemple.test")
    assert "Odile Terrier" in mail.body
    assert f"/consentements/{consents.token(row)}/" in mail.body
    opened = consents.opened(consents.token(row))
    assert opened == row
    assert consents.opened(consents.token(row) + "x") is None
    wider = facts(guardian="Paul Terrier", email="paul@exemple.test", in_press=True)
    consents.change(by=coordinator, consent=row, **wider)
    assert "dans la presse" in OutgoingMail.objects.latest("pk").body, "more is covered: the person reads it"
    consents.change(by=coordinator, consent=row, **wider | {"person": "Odile Terrier-Lens"})
    consents.send_link(by=coordinator, consent=row)
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on_site": False, "in_print": False}, "on_site"),
        ({"given_on": date(2999, 1, 1)}, "given_on"),
        ({"ends_on": date(2001, 1, 1)}, "ends_on"),
    ],
)
def test_a_consent_says_something(residency: Residency, coordinator: Any, values: Any, field: str) -> None:
    before = StoredFile.objects.count()
    with pytest.raises(Refused) as error:
        consents.record(by=coordinator, season=residency.season, proof=make.paper(), **facts(**values))
    assert error.value.field == field
    assert StoredFile.objects.count() == before


def test_withdrawn_everything_it_covers_leaves_at_once_in_a_closed_season_too(
    residency: Residency, coordinator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[Season] = []
    monkeypatch.setattr("residencies.services.bilans.forget_files", lambda season, **_: forgotten.append(season))
    mine = make.consent(residency, in_press=True, email="odile@exemple.test")
    other = make.consent(residency, person="Basile Carreau", in_press=True)
    words = make.testimony(residency, consent=mine, is_published=True)
    both = make.picture(residency, consents=[mine, other], is_published=True, in_kit=True)
    his = make.picture(residency, consents=[other], is_published=True, in_kit=True)
    close(residency.season)
    consents.withdraw(by=None, consent=mine)
    assert selectors.published_testimonies(residency.season) == []
    assert seen_of(selectors.published_pictures(residency.season)) == [his.pk]
    assert seen_of(selectors.published_pictures(residency.season, where="press")) == [his.pk]
    words.refresh_from_db()
    both.refresh_from_db()
    assert (words.is_published, both.is_published, both.in_kit) == (False, False, False)
    assert forgotten == [residency.season]
    entry = Entry.objects.get(verb="consent.withdrawn")
    assert (entry.data["online"], entry.data["pictures"]) == (True, [str(both.uuid)])
    assert OutgoingMail.objects.get().kind == "consent.withdrawn"
    consents.withdraw(by=coordinator, consent=mine)
    assert Entry.objects.filter(verb="consent.withdrawn").count() == 1


def test_withdrawing_at_the_desk_is_for_its_own_coordination(residency: Residency, coordinator: Any) -> None:
    row = make.consent(residency)
    for stranger in (artist_of(residency), CoordinatorFactory()):
        with pytest.raises(Forbidden):
            consents.withdraw(by=stranger, consent=row)
    consents.withdraw(by=coordinator, consent=row)
    with pytest.raises(Refused, match="nouvel accord"):
        consents.change(by=coordinator, consent=row, **facts())
    with pytest.raises(Refused):
        consents.send_link(by=coordinator, consent=row)


def test_a_withdrawal_drops_the_files_of_the_bilan(residency: Residency, coordinator: Any) -> None:
    from clea.documents import services as documents

    pdf = documents.store_bytes(by=None, content=b"%PDF-1.7", name="bilan.pdf", content_type="application/pdf")
    Bilan.objects.create(season=residency.season, slug="bilan", title="Bilan", pdf=pdf, fingerprint="a" * 64)
    consents.withdraw(by=coordinator, consent=make.consent(residency))
    bilan = Bilan.objects.get()
    assert (bilan.pdf, bilan.fingerprint) == (None, "")
    assert not StoredFile.objects.filter(pk=pdf.pk).exists()


def test_one_noted_by_mistake_is_erased_with_its_proof_and_one_that_served_is_not(
    residency: Residency, coordinator: Any
) -> None:
    row = consents.record(by=coordinator, season=residency.season, proof=make.paper(), **facts())
    words = make.testimony(residency, consent=row)
    with pytest.raises(Refused, match="retirez-le"):
        consents.remove(by=coordinator, consent=row)
    words.delete()
    consents.remove(by=coordinator, consent=row)
    assert (Consent.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_nothing_is_noted_in_a_closed_season_nor_over_a_colleague(residency: Residency, coordinator: Any) -> None:
    row = make.consent(residency)
    seen = trace_locks.mark(row)
    consents.change(by=coordinator, consent=row, seen=seen, **facts(person="Odile T."))
    with pytest.raises(StaleWrite):
        consents.change(by=coordinator, consent=row, seen=seen, **facts(person="O. Terrier"))
    close(residency.season)
    with pytest.raises(Refused, match="close"):
        consents.record(by=coordinator, season=residency.season, **facts())


# What a consent covers ---------------------------------------------------------------------------


@pytest.mark.parametrize("where", rules.WHERES)
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"on_site": False},
        {"in_print": False},
        {"in_press": True},
        {"withdrawn_at": timezone.now()},
        {"given_on": timezone.localdate() + timedelta(days=1)},
        {"ends_on": timezone.localdate()},
        {"ends_on": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_the_rule_and_the_query_agree(residency: Residency, values: dict[str, Any], where: rules.Where) -> None:
    row = make.consent(residency, **({"given_on": timezone.localdate()} | values))
    make.testimony(residency, consent=row, is_published=True)
    make.picture(residency, consents=[row], is_published=True, in_kit=True)
    stands = rules.stands(row, where, timezone.localdate())
    assert bool(selectors.published_testimonies(residency.season, where=where)) == stands
    assert bool(selectors.published_pictures(residency.season, where=where)) == stands


def test_an_announced_residency_shows_what_is_published_and_nothing_before(residency: Residency) -> None:
    row = make.consent(residency)
    make.testimony(residency, consent=row)
    make.testimony(residency, consent=row, is_published=True)
    make.picture(residency, consents=[], shows_people=False, is_published=True)
    make.picture(residency, consents=[], shows_people=True, is_published=True)
    make.production(residency, is_published=True)
    make.production(residency)
    season = residency.season

    def counts() -> tuple[int, int, int]:
        return (
            len(selectors.published_testimonies(season)),
            len(selectors.published_pictures(season)),
            len(selectors.productions_of(season)),
        )

    assert counts() == (1, 1, 1)
    Residency.objects.filter(pk=residency.pk).update(published_at=None)
    assert counts() == (0, 0, 0)


def test_productions_of_a_hand_entry_are_of_the_season(residency: Residency) -> None:
    entry = HandEntry.objects.create(season=residency.season, title="Résidence d'avant")
    row = make.production(residency, entry=entry)
    Production.objects.filter(pk=row.pk).update(residency=None)
    assert seen_of(selectors.productions_of(residency.season)) == [row.pk]
    with pytest.raises(Refused, match="bilan saisi"):
        productions.publish(by=CoordinatorFactory(territory=residency.territory), production=row)


def test_each_selector_is_one_query(residency: Residency, django_assert_num_queries: Any) -> None:
    row = make.consent(residency)
    for _ in range(3):
        make.testimony(residency, consent=row, is_published=True)
        make.picture(residency, consents=[row], is_published=True)
        make.production(residency, is_published=True)
    for read in (selectors.published_testimonies, selectors.published_pictures, selectors.productions_of):
        with django_assert_num_queries(1):
            for one in read(residency.season):
                assert one.residency == residency
                if isinstance(one, Picture):
                    assert one.small_url.endswith("-petite.jpg")


# Publishing --------------------------------------------------------------------------------------


def test_words_are_published_under_a_consent_by_the_coordination_only(residency: Residency, coordinator: Any) -> None:
    words = testimonies.add(
        by=artist_of(residency),
        season=residency.season,
        residency=residency,
        text="On recommence quand ?",
        signature="un élève de 4e",
    )
    with pytest.raises(Forbidden):
        testimonies.publish(by=artist_of(residency), testimony=words)
    with pytest.raises(Refused, match="Notez d'abord"):
        testimonies.publish(by=coordinator, testimony=words)
    row = make.consent(residency, on_site=False)
    testimonies.change(by=coordinator, testimony=words, consent=row)
    testimonies.publish(by=coordinator, testimony=words)
    assert selectors.published_testimonies(residency.season) == []
    assert seen_of(selectors.published_testimonies(residency.season, where="print")) == [words.pk]
    with pytest.raises(Refused, match="publié"):
        testimonies.change(by=artist_of(residency), testimony=words, text="Autre chose")
    with pytest.raises(Refused, match="publication"):
        testimonies.remove(by=coordinator, testimony=words)
    close(residency.season)
    testimonies.unpublish(by=coordinator, testimony=words)
    assert selectors.published_testimonies(residency.season, where="print") == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"withdrawn_at": timezone.now()}, "withdrawn"),
        ({"ends_on": timezone.localdate() - timedelta(days=1)}, "expired"),
        ({"on_site": False, "in_print": False, "in_press": True}, "not_covered"),
    ],
)
def test_a_consent_that_no_longer_stands_publishes_nothing(
    residency: Residency, coordinator: Any, values: dict[str, Any], code: str
) -> None:
    row = make.consent(residency, **values)
    for act, given in (
        (testimonies.publish, {"testimony": make.testimony(residency, consent=row)}),
        (pictures.publish, {"picture": make.picture(residency, consents=[row])}),
    ):
        with pytest.raises(Refused) as error:
            act(by=coordinator, **given)
        assert error.value.code == code


def test_a_picture_with_people_waits_for_everyones_consent_and_for_the_press_too(
    residency: Residency, coordinator: Any
) -> None:
    row = make.picture(residency)
    with pytest.raises(Refused, match="reconnaissables"):
        pictures.publish(by=coordinator, picture=row)
    first, second = make.consent(residency, in_press=True), make.consent(residency)
    pictures.change(by=coordinator, picture=row, consents=[first, second])
    pictures.publish(by=coordinator, picture=row)
    with pytest.raises(Refused, match="presse"):
        pictures.put_in_kit(by=coordinator, picture=row)
    pictures.change(by=coordinator, picture=row, consents=[first])
    pictures.put_in_kit(by=coordinator, picture=row)
    with pytest.raises(Refused):
        pictures.change(by=coordinator, picture=row, consents=[])
    assert seen_of(selectors.published_pictures(residency.season, where="press")) == [row.pk]
    pictures.take_from_kit(by=coordinator, picture=row)
    pictures.unpublish(by=coordinator, picture=row)
    assert Entry.objects.filter(verb__startswith="picture.").count() == 6


# Writing -----------------------------------------------------------------------------------------


def test_a_picture_is_drawn_again_lighter_twice_and_erased_with_its_files(residency: Residency) -> None:
    artist = artist_of(residency)
    said: dict[str, Any] = {"alt": "Le terril", "credit": "A. Terril", "rights": "libre", "shows_people": False}
    row = pictures.add(by=artist, season=residency.season, residency=residency, upload=make.photo(), **said)
    assert (row.width, row.height, row.is_published) == (900, 600, False)
    assert row.thumbnail is not None
    assert row.small_size == (720, 480)
    assert row.light is not None
    assert row.thumbnail.content_type == row.light.content_type == "image/webp"
    assert row.light.size < row.thumbnail.size < row.stored_file.size
    assert row.srcset == f"/images/{row.uuid}-legere.webp 360w, /images/{row.uuid}-petite.webp 720w"
    # One of before has none that is light: the clock makes both, and drops what stood in.
    old, light = Picture.objects.filter(pk=row.pk), row.light
    old.update(light=None)
    documents.discard(light)
    assert old.get().srcset == ""
    assert (pictures.lighten(), pictures.lighten()) == (1, 0)
    row = old.get()
    assert row.srcset.endswith(f"{row.small_url} 720w")
    pictures.remove(by=artist, picture=row)
    assert (Picture.objects.count(), StoredFile.objects.count()) == (0, 0)
    with pytest.raises(PieceRefused):
        pictures.add(by=artist, season=residency.season, residency=residency, upload=make.paper(), **said)
    with pytest.raises(ValidationError):
        pictures.add(
            by=artist, season=residency.season, residency=residency, upload=make.photo(), **said | {"alt": " "}
        )
    assert StoredFile.objects.count() == 0


Add = Callable[..., Model]


@pytest.mark.parametrize(
    ("service", "argument", "values", "other"),
    [
        (testimonies, "testimony", {"text": "Des mots", "signature": "une voisine"}, {"text": "D'autres"}),
        (productions, "production", {"kind": ProductionKind.VIDEO, "title": "Fosse 9"}, {"title": "Fosse 10"}),
    ],
)
def test_artists_write_their_own_and_nobody_elses(
    residency: Residency, coordinator: Any, service: Any, argument: str, values: dict[str, Any], other: dict[str, Any]
) -> None:
    artist, season = artist_of(residency), residency.season
    row = service.add(by=artist, season=season, residency=residency, **values)
    seen = trace_locks.mark(type(row).objects.get(pk=row.pk))
    service.change(by=artist, **{argument: row}, seen=seen, **other)
    with pytest.raises(StaleWrite):
        service.change(by=artist, **{argument: row}, seen=seen, **values)
    elsewhere = ResidencyFactory(season=season)
    for stranger, where in ((artist, elsewhere), (artist, None), (UserFactory(), residency)):
        with pytest.raises(Forbidden):
            service.add(by=stranger, season=season, residency=where, **values)
    with pytest.raises(Forbidden):
        service.change(by=artist, **{argument: row}, position=3)
    with pytest.raises(Forbidden):
        service.remove(by=artist_of(elsewhere), **{argument: row})
    with pytest.raises(Refused, match="autre résidence"):
        service.change(by=artist, **{argument: row}, activity=ActivityFactory(residency=elsewhere))
    service.change(by=coordinator, **{argument: row}, position=3)
    assert service.add(by=coordinator, season=season, **values).residency is None
    close(season)
    for act in (
        lambda: service.remove(by=artist, **{argument: row}),
        lambda: service.publish(by=coordinator, **{argument: row}),
    ):
        with pytest.raises(Refused, match="close"):
            act()


def test_a_number_nobody_gave_has_no_precision(residency: Residency, coordinator: Any) -> None:
    row = productions.add(
        by=coordinator,
        season=residency.season,
        residency=residency,
        kind=ProductionKind.BOOKLET,
        title="Carnets",
        count=None,
        qualifier=Qualifier.ABOUT,
    )
    assert (row.count, row.qualifier) == (None, Qualifier.EXACT)


def test_a_consent_of_another_season_covers_nothing_here(residency: Residency, coordinator: Any) -> None:
    foreign = make.consent(ResidencyFactory())
    with pytest.raises(Refused, match="autre saison"):
        testimonies.change(by=coordinator, testimony=make.testimony(residency), consent=foreign)
    with pytest.raises(Refused, match="autre saison"):
        pictures.change(by=coordinator, picture=make.picture(residency), consents=[foreign])
    assert residency.testimonies.get().consent is None
