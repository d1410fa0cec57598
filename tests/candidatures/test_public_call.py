"""A call's page: what it says, and when."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import CallStatus, PeriodKind
from candidatures.models import Axis, Call, CallPeriod, CallSection, FrequentQuestion, MoneyRules, ScoringCriterion
from candidatures.pages.content import typeset
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    ExtensionFactory,
    SeasonFactory,
)
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)


def paris(*args: int) -> datetime:
    """A moment of Paris, in UTC: one second before the night of summer time is a second before."""
    return datetime(*args, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type,misc]


def source(client: Client, call: Call) -> str:
    return client.get(call.get_absolute_url()).content.decode()


def read(client: Client, call: Call) -> str:
    """The page as people read it: spaces are spaces, signs are signs."""
    return " ".join(html.unescape(source(client, call)).split())


def apply_url(call: Call) -> str:
    return reverse("calls:apply", args=[call.slug])


@pytest.fixture
def real_dates() -> Call:
    """The dates of the 2026-2027 call of Lens-Liévin."""
    call = CallFactory(
        complete=True,
        opens_at=paris(2025, 12, 15, 9),
        closes_at=paris(2026, 2, 16),
        interviews_from=date(2026, 3, 2),
        interviews_to=date(2026, 3, 6),
        results_on=date(2026, 3, 13),
    )
    call.periods.all().delete()
    for kind, title, starts, ends in [
        (PeriodKind.IMMERSION, "Semaine d'immersion", date(2026, 10, 5), date(2026, 10, 9)),
        (PeriodKind.EVENT, "27e heure", date(2026, 10, 7), date(2026, 10, 7)),
        (PeriodKind.PHASE, "Phase 1", date(2027, 2, 1), date(2027, 2, 19)),
        (PeriodKind.PHASE, "Phase 2", date(2027, 3, 8), date(2027, 6, 11)),
    ]:
        CallPeriod.objects.create(call=call, kind=kind, title=title, starts_on=starts, ends_on=ends)
    return call


@pytest.mark.parametrize(
    "closing",
    [paris(2026, 2, 16), paris(2026, 7, 1, 12), paris(2026, 3, 29, 3), paris(2026, 10, 25, 3)],
    ids=["winter midnight", "summer noon", "the night of summer time", "the night of winter time"],
)
def test_the_button_is_there_until_the_last_second(client: Client, closing: datetime) -> None:
    call = CallFactory(complete=True, opens_at=closing - timedelta(days=40), closes_at=closing)
    with time_machine.travel(closing - SECOND, tick=False):
        before = read(client, call)
    with time_machine.travel(closing, tick=False):
        at = read(client, call)
    with time_machine.travel(closing + SECOND, tick=False):
        after = read(client, call)
    assert apply_url(call) in before
    assert "Et maintenant" not in before
    for page in (at, after):
        assert apply_url(call) not in page
        assert "L'appel est clos. Les dossiers reçus sont à l'étude." in page


@pytest.mark.parametrize("opening", [paris(2026, 1, 12, 9), paris(2026, 6, 1)], ids=["winter", "summer"])
def test_the_button_appears_at_the_second_it_opens(client: Client, opening: datetime) -> None:
    call = CallFactory(complete=True, opens_at=opening, closes_at=opening + timedelta(days=40))
    with time_machine.travel(opening - SECOND, tick=False):
        before = read(client, call)
    with time_machine.travel(opening, tick=False):
        at = read(client, call)
    assert apply_url(call) not in before
    assert "Bientôt ouvert" in before
    assert reverse("calls:calendar", args=[call.slug]) in before
    assert apply_url(call) in at


def test_the_time_left_is_said_in_days_then_in_hours(client: Client) -> None:
    call = CallFactory(complete=True, opens_at=paris(2026, 1, 5, 9), closes_at=paris(2026, 2, 16))
    with time_machine.travel(paris(2026, 2, 14, 20), tick=False):
        assert "<strong>1</strong> <span>jour restant</span>" in read(client, call)
    with time_machine.travel(paris(2026, 2, 15, 20), tick=False):
        page = read(client, call)
    assert "<strong>4</strong> <span>heures restantes</span>" in page
    assert "dimanche 15 février 2026 inclus (jusqu'à 23 h 59)" in page


def test_a_closed_call_gives_the_dates_that_follow(client: Client, real_dates: Call) -> None:
    with time_machine.travel(paris(2026, 2, 20, 12), tick=False):
        page = read(client, real_dates)
    assert "Entretiens éventuels" in page
    assert "du 2 au 6 mars 2026" in page
    assert "vendredi 13 mars 2026" in page


def test_after_the_results_the_call_is_over(client: Client, real_dates: Call) -> None:
    with time_machine.travel(paris(2026, 3, 13, 23, 59), tick=False):
        assert "Les dossiers reçus sont à l'étude" in read(client, real_dates)
    with time_machine.travel(paris(2026, 3, 14), tick=False):
        page = read(client, real_dates)
    assert "L'appel est terminé." in page
    assert "terminé, résultats annoncés" in page


def test_an_archived_call_stays_readable(client: Client) -> None:
    call = CallFactory(complete=True, closed=True, status=CallStatus.ARCHIVED)
    page = read(client, call)
    assert "archivé" in page
    assert "L'appel est terminé." in page
    assert apply_url(call) not in page


def test_a_closed_call_leads_to_the_one_that_is_open(client: Client) -> None:
    past = CallFactory(complete=True, closed=True)
    now_open = CallFactory(complete=True, territory=past.territory, title="L'appel suivant")
    elsewhere = CallFactory(complete=True, title="Chez les voisins")
    page = read(client, past)
    assert f'href="{now_open.get_absolute_url()}">Voir l\'appel ouvert</a>' in page
    assert elsewhere.get_absolute_url() not in page


def test_both_counts_are_computed_and_the_holidays_named(client: Client, real_dates: Call) -> None:
    with time_machine.travel(paris(2026, 1, 20, 12), tick=False):
        page = read(client, real_dates)
    assert "90 jours de semaine, dont 87 jours ouvrés" in page
    assert '<td class="num">70</td><td class="num">67</td>' in page
    assert '<td class="num">90</td><td class="num">87</td>' in page
    for name, day in [
        ("Lundi de Pâques", "lundi 29 mars 2027"),
        ("Ascension", "jeudi 6 mai 2027"),
        ("Lundi de Pentecôte", "lundi 17 mai 2027"),
    ]:
        assert f'<span lang="fr">{name}</span> ({day})' in page
    assert "du 20 février au 7 mars 2027 : pas de présence" in page
    assert "du 17 avril au 2 mai 2027 : dans la résidence (10 jours de semaine)" in page
    assert "27e heure : mercredi 7 octobre 2026" in page


def test_the_count_follows_the_dates(client: Client, real_dates: Call) -> None:
    CallPeriod.objects.filter(call=real_dates, title="Phase 2").update(ends_on=date(2027, 6, 10))
    with time_machine.travel(paris(2026, 1, 20, 12), tick=False):
        assert "89 jours de semaine, dont 86 jours ouvrés" in read(client, real_dates)


def test_the_money_is_said_in_full(client: Client) -> None:
    call = CallFactory(complete=True)
    MoneyRules.objects.filter(call=call).update(not_covered="- Les repas\n- Les autres voyages")
    page = read(client, call)
    assert "12 000 € net" in page
    assert "(4 mois à 3 000 €)" in page
    assert "24 000 € au plus" in page
    assert "3 voyages aller-retour depuis votre domicile" in page
    assert "<li>Les repas</li>" in page
    assert "jusqu'à 30 % de la rémunération totale" in page


def test_an_allowance_that_does_not_divide_is_not_split(client: Client) -> None:
    call = CallFactory(complete=True)
    MoneyRules.objects.filter(call=call).update(net_allowance="10000.00", allowance_months=3)
    page = read(client, call)
    assert "10 000 € net" in page
    assert "3 mois à" not in page


def test_a_call_with_nothing_but_its_dates_has_a_page(client: Client) -> None:
    page = read(client, CallFactory())
    assert "Le calendrier" in page
    assert "La rémunération" not in page
    assert "Questions fréquentes" not in page


def test_every_part_of_the_call_is_on_the_page_in_its_order(client: Client) -> None:
    call = CallFactory(complete=True)
    Axis.objects.create(call=call, title="Second axe", order=9)
    CallSection.objects.create(call=call, slug="suite", title="Un second chapitre", text="Du **texte**.", order=5)
    ScoringCriterion.objects.create(call=call, title="Ancrage", weight=2, max_score=10, order=2)
    page = read(client, call)
    contents = page[page.index('id="sommaire"') :]
    shown = [
        "Le projet", "Un second chapitre", "Le territoire", "Les axes à explorer", "Le calendrier",
        "La rémunération et les frais", "Qui peut candidater", "Ce qu'il faut envoyer",
        "Comment les dossiers sont lus", "Questions fréquentes", "Une question ?",
    ]  # fmt: skip
    places = [contents.index(title) for title in shown]
    assert places == sorted(places)
    assert "<strong>texte</strong>" in page
    assert page.index("Paysage") < page.index("Second axe")
    assert "Je parle français." in page
    assert "Puis-je candidater à deux ?" in page
    assert "sur 10" in page


def test_a_chapter_of_the_coordinator_introduces_the_computed_one(client: Client) -> None:
    call = CallFactory(complete=True)
    CallSection.objects.create(call=call, slug="calendrier", title="Quand", text="Trois moments.", order=1)
    CallSection.objects.create(call=call, slug="apres", title="Et après", text="Rien.", order=2)
    page = read(client, call)
    assert page.count('id="calendrier"') == 1
    assert page.index("Trois moments.") < page.index("Les périodes de présence") < page.index('id="apres"')


def test_the_text_of_a_call_cannot_carry_a_script(client: Client) -> None:
    call = CallFactory(complete=True)
    CallSection.objects.create(call=call, slug="piege", title="<b>x", text="<script>alert(1)</script>", order=3)
    FrequentQuestion.objects.create(call=call, question="?", answer="[x](javascript:alert(1))")
    page = source(client, call)
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "&lt;b&gt;x" in page


def test_an_english_reader_gets_what_is_translated_and_french_marked_as_such(client: Client) -> None:
    call = CallFactory(complete=True, title="Cinq résidences", title_en="Five residencies", summary="En français.")
    client.cookies["django_language"] = "en"
    page = read(client, call)
    assert "<h1>Five residencies</h1>" in page
    assert '<p class="lead" lang="fr">En français.</p>' in page
    assert "I speak French." in page
    assert '<p lang="fr">J\'ai le permis et une voiture.</p>' in page


def test_a_draft_does_not_exist_for_the_public(client: Client) -> None:
    call = CallFactory(complete=True, draft=True)
    for name in ("calls:detail", "calls:calendar", "calls:ask", "calls:asked"):
        assert client.get(reverse(name, args=[call.slug])).status_code == 404


@pytest.mark.parametrize("who", ["artist", "other coordinator", "idle coordinator"])
def test_a_draft_does_not_exist_for_who_does_not_coordinate_it(client: Client, who: str) -> None:
    call = CallFactory(complete=True, draft=True)
    user: Any = {
        "artist": lambda: UserFactory(),
        "other coordinator": lambda: CoordinatorFactory(territory=TerritoryFactory()),
        "idle coordinator": lambda: CoordinatorFactory(territory=call.territory, is_staff=False),
    }[who]()
    client.force_login(user)
    assert client.get(call.get_absolute_url()).status_code == 404
    assert client.get(apply_url(call)).status_code == 404
    assert client.post(apply_url(call)).status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_the_coordination_previews_a_draft(client: Client, who: str) -> None:
    call = CallFactory(complete=True, draft=True)
    client.force_login(CoordinatorFactory(territory=call.territory) if who == "coordinator" else AdministratorFactory())
    page = read(client, call)
    assert "Aperçu, pas encore publié" in page
    assert apply_url(call) not in page
    assert '<meta name="robots" content="noindex">' in page


def test_an_unknown_call_is_not_found(client: Client) -> None:
    assert client.get(reverse("calls:detail", args=["nulle-part"])).status_code == 404


def test_an_artist_with_a_draft_takes_it_up_again(client: Client) -> None:
    application = ApplicationFactory()
    client.force_login(application.owner)
    page = read(client, application.call)
    assert f'href="{application.get_absolute_url()}">Reprendre mon dossier</a>' in page
    assert apply_url(application.call) not in page


def test_an_artist_who_filed_looks_at_it(client: Client) -> None:
    application = ApplicationFactory(submitted=True)
    client.force_login(application.owner)
    assert f'href="{application.get_absolute_url()}">Voir mon dossier</a>' in read(client, application.call)


def test_a_withdrawn_dossier_leaves_the_door_open(client: Client) -> None:
    application = ApplicationFactory(state="withdrawn")
    client.force_login(application.owner)
    assert apply_url(application.call) in read(client, application.call)


def test_nobody_sees_the_dossier_of_another(client: Client) -> None:
    application = ApplicationFactory()
    client.force_login(UserFactory())
    page = read(client, application.call)
    assert str(application.uuid) not in page
    assert "Candidater" in page


def test_someone_invited_finds_the_dossier(client: Client) -> None:
    place = CollaboratorFactory()
    client.force_login(place.user)
    assert place.application.get_absolute_url() in read(client, place.application.call)


def test_an_extension_opens_the_call_to_one_person(client: Client) -> None:
    call = CallFactory(complete=True, opens_at=timezone.now() - timedelta(days=40), closes_at=timezone.now())
    extension = ExtensionFactory(call=call)
    client.force_login(extension.user)
    page = read(client, call)
    assert apply_url(call) in page
    assert "Ce délai vous est personnel." in page
    client.force_login(UserFactory())
    assert apply_url(call) not in read(client, call)


def test_the_page_declares_its_feed_its_dates_and_its_address(client: Client) -> None:
    call = CallFactory(complete=True, title="Cinq résidences", summary="Pour créer ici.")
    page = read(client, call)
    assert "<title>Cinq résidences – " in page
    assert '<meta name="description" content="Pour créer ici.">' in page
    assert f'<link rel="canonical" href="http://testserver{call.get_absolute_url()}">' in page
    assert f'type="text/calendar" title="Les dates de cet appel" href="{call.get_absolute_url()}dates.ics"' in page
    assert 'type="application/atom+xml"' in page


def test_the_page_costs_an_anonymous_visitor_four_queries(client: Client, assert_num_queries_constant: Any) -> None:
    call = CallFactory(complete=True)
    CallFactory(complete=True, season=call.season)

    def grow() -> None:
        for index in range(30):
            CallSection.objects.create(call=call, slug=f"c{index}", title="x", text="y", order=index)
            FrequentQuestion.objects.create(call=call, question="q", answer="a", order=index)
            CallFactory(season=SeasonFactory(programme=call.season.programme))

    assert assert_num_queries_constant(lambda: client.get(call.get_absolute_url()), grow, at_most=6) == 4


def test_reading_is_all_one_can_do(client: Client) -> None:
    assert client.post(CallFactory().get_absolute_url()).status_code == 405


def test_french_punctuation_never_starts_a_line() -> None:
    assert typeset("Oui : non ? « peut-être » !") == "Oui\xa0: non\xa0? «\xa0peut-être\xa0»\xa0!"
    assert typeset("| a | b |\n| --- | :--- |") == "| a | b |\n| --- | :--- |"
