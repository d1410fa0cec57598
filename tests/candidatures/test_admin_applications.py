"""The coordinator finds a dossier, and only those of the territory; the home says what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import ApplicationState
from candidatures.services import deposits
from candidatures.services import desk as acts
from tests.candidatures.desk import LIST, listed, page_of, text_of
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    ContactMessageFactory,
    DisciplineFactory,
    PieceRequestFactory,
    midnight,
    tiny_pdf,
)
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(territory):
    return CallFactory(complete=True, territory=territory, title="Appel du Val")


# The list ---------------------------------------------------------------------------------------


def test_only_filed_dossiers_of_ones_own_territory_are_listed(desk, call):
    filed = ApplicationFactory(call=call, submitted=True)
    draft = ApplicationFactory(call=call, complete=True, artist_name="Brouillon secret")
    foreign = ApplicationFactory(submitted=True, artist_name="Voisine secrète")
    page = desk.get(LIST)
    assert list(page.context["cl"].result_list) == [filed]
    assert "secret" not in text_of(page)
    for hidden in (draft, foreign):
        assert desk.get(page_of(hidden)).status_code == 302


@pytest.mark.parametrize("query", ["elan", "ÉLAN", "elan coeur", "noeux", "CLEA-", "cafe@exemple"])
def test_a_dossier_is_found_without_accents(desk, call, query):
    wanted = ApplicationFactory(
        call=call,
        submitted=True,
        artist_name="Élan du cœur",
        city="Nœux-les-Mines",
        owner=UserFactory(email="cafe@exemple.test"),
    )
    other = ApplicationFactory(call=call, submitted=True, artist_name="Autre")
    found = listed(desk, q=query)
    assert wanted in found
    assert (other in found) == (query == "CLEA-")


def test_the_filters_narrow_the_list(desk, call, territory):
    music, dance = DisciplineFactory(name="musique"), DisciplineFactory(name="danse")
    one = ApplicationFactory(call=call, submitted=True, postal_code="20090", keep_in_touch=True)
    two = ApplicationFactory(call=call, submitted=True, postal_code="20200", applicant_kind="collective")
    three = ApplicationFactory(call=call, submitted=True, country="Belgique", postal_code="7000", state="eligible")
    old = ApplicationFactory(submitted=True, call=CallFactory(complete=True, closed=True, territory=territory))
    one.disciplines.add(music)
    two.disciplines.add(dance)
    PieceRequestFactory(application=one)
    PieceRequestFactory(application=two, due_at=timezone.now() - timedelta(days=1))
    for params, expected in (
        ({"appel": call.uuid}, {one, two, three}),
        ({"etat": "eligible"}, {three}),
        ({"applicant_kind__exact": "collective"}, {two}),
        ({"discipline": "musique"}, {one}),
        ({"departement": "2A"}, {one}),
        ({"departement": "2B"}, {two}),
        ({"departement": "62"}, {old}),
        ({"departement": "hors"}, {three}),
        ({"keep_in_touch__exact": "1"}, {one}),
        ({"pieces": "attendues"}, {one}),
        ({"pieces": "en_retard"}, {two}),
        ({"pieces": "fournies"}, set()),
        ({"received_at_du": midnight(0).date().isoformat()}, {one, two, three}),
    ):
        assert set(listed(desk, **params)) == expected, params
    choices = desk.get(LIST).context["cl"].filter_specs
    departments = next(spec for spec in choices if str(spec.title) == "département")
    assert [value for value, _label in departments.lookup_choices] == ["2A", "2B", "62", "hors"]
    states = next(spec for spec in choices if str(spec.title) == "état")
    assert "draft" not in [value for value, _label in states.lookup_choices]


def test_the_current_call_is_counted_by_state_above_the_list(desk, call, territory):
    for state in ("submitted", "submitted", "eligible", "withdrawn"):
        ApplicationFactory(call=call, submitted=True, state=state)
    ApplicationFactory(call=call)
    past = CallFactory(complete=True, closed=True, territory=territory)
    ApplicationFactory(call=past, submitted=True)
    page = desk.get(LIST)
    assert page.context["counted_call"].uuid == call.uuid
    assert page.context["total"] == 4
    assert [(str(row["label"]), row["count"]) for row in page.context["state_counts"]] == [
        ("déposée", 2),
        ("recevable", 1),
        ("retirée", 1),
    ]
    assert [row["url"] for row in page.context["state_counts"]][1].endswith(f"appel={call.uuid}&etat=eligible")
    assert desk.get(LIST, {"appel": past.uuid}).context["total"] == 1


def test_the_neighbours_call_is_not_counted(desk, call):
    other = CallFactory(complete=True)
    ApplicationFactory(call=other, submitted=True)
    page = desk.get(LIST, {"appel": other.uuid})
    assert "counted_call" not in page.context
    assert other.title not in text_of(page)


def test_the_list_costs_the_same_at_3_and_at_30(desk, call, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))

    grow(3)
    count = assert_num_queries_constant(lambda: desk.get(LIST), lambda: grow(27))
    assert count <= 11
    assert len(listed(desk)) == 30


def test_equals_of_a_column_come_the_last_one_filed_first(desk, call):
    filed = [ApplicationFactory(call=call, submitted=True, city=city) for city in ("Lens", "Arras", "Lens")]
    assert [row.pk for row in desk.get(LIST, {"o": "4"}).context["cl"].result_list] == [
        filed[number].pk for number in (1, 2, 0)
    ]


# Walls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["foreign", "draft"])
def test_every_address_of_a_dossier_that_is_not_ours_answers_404(desk, call, kind):
    if kind == "foreign":
        application = ApplicationFactory(submitted=True)
        number = application.last_deposit.number
    else:
        application, number = ApplicationFactory(call=call, complete=True), "CLEA-2026-0001"
    asked = PieceRequestFactory(application=application, piece=application.call.pieces.first())
    for url in (
        reverse("admin:candidatures_application_check", args=[application.uuid]),
        reverse("admin:candidatures_application_request", args=[application.uuid]),
        reverse("admin:candidatures_application_pdf", args=[application.uuid, number]),
        reverse("admin:candidatures_application_cancel", args=[application.uuid, asked.uuid]),
    ):
        assert desk.get(url).status_code == 404, url
        assert desk.post(url).status_code == 404, url
    asked.refresh_from_db()
    assert asked.cancelled_at is None


def test_the_artist_does_not_open_the_desk_s_pages(client, call):
    application = ApplicationFactory(call=call, submitted=True)
    client.force_login(application.owner)
    for url in (
        LIST,
        page_of(application),
        reverse("admin:candidatures_application_check", args=[application.uuid]),
        reverse("admin:candidatures_application_request", args=[application.uuid]),
    ):
        answer = client.get(url, follow=True)
        assert answer.status_code == 403, url


# What waits -------------------------------------------------------------------------------------


def items_of(desk):
    """What this app says on the home page."""
    items = desk.get(reverse("admin:index")).context["desk_items"]
    return {str(item.label): item for item in items if "/coordination/candidatures/" in item.url}


def test_the_home_says_what_waits(desk, territory):
    closing = CallFactory(complete=True, territory=territory, closes_at=midnight(2), title="Bientôt clos",
                          jury_on=timezone.localdate() + timedelta(days=5))  # fmt: skip
    CallFactory(draft=True, territory=territory, title="Vide")
    one = ApplicationFactory(call=closing, submitted=True)
    two = ApplicationFactory(call=closing, submitted=True, state="eligible")
    ApplicationFactory(call=closing)
    PieceRequestFactory(application=one, due_at=timezone.now() - timedelta(hours=1))
    PieceRequestFactory(application=two)
    for answered in (False, False, True):
        ContactMessageFactory(call=closing, answered=answered)
    found = items_of(desk)
    assert found["questions sans réponse"].count == 2
    assert (found["candidature à vérifier"].count, found["candidature à vérifier"].urgency) == (1, "now")
    assert found["pièce demandée, en retard"].count == 1
    assert found["pièce attendue"].count == 1
    filed = found["dossiers déposés : Bientôt clos"]
    assert (filed.count, filed.urgency) == (2, "soon")
    assert "1 brouillon" in str(filed.detail)
    assert found["jours avant : jury"].count == 5
    assert found["à compléter avant de publier : Vide"].count == 3
    # Each leads to the rows it counts.
    assert len(desk.get(found["candidature à vérifier"].url).context["cl"].result_list) == 1
    assert len(desk.get(found["pièce demandée, en retard"].url).context["cl"].result_list) == 1


def test_the_home_of_another_territory_is_silent(client, call):
    PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))
    client.force_login(CoordinatorFactory())
    assert items_of(client) == {}


def test_the_home_costs_the_same_whatever_waits(desk, call, territory, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))
            CallFactory(draft=True, territory=territory)

    grow(1)
    assert_num_queries_constant(lambda: desk.get(reverse("admin:index")), lambda: grow(6), at_most=45)


def test_a_supplied_piece_is_told_and_found(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    coordinator = CoordinatorFactory(territory=call.territory)
    asked = acts.request_piece(
        by=coordinator,
        application=application,
        piece=call.pieces.get(code="cv"),
        message="Illisible.",
        due_at=midnight(7),
    )
    deposits.supplement(
        by=application.owner, request=asked, upload=SimpleUploadedFile("cv.pdf", tiny_pdf(3), "application/pdf")
    )
    assert items_of(desk)["pièce fournie cette semaine"].count == 1
    assert listed(desk, pieces="fournies") == [application]
    assert "fournie le" in text_of(desk.get(page_of(application)))


def test_dossiers_in_every_state_are_listed_with_their_word(desk, call):
    states = [state for state in ApplicationState if state != ApplicationState.DRAFT]
    dossiers = {ApplicationFactory(call=call, submitted=True, state=state) for state in states}
    page = desk.get(LIST)
    assert set(page.context["cl"].result_list) == dossiers
    assert [str(state.label) for state in states if str(state.label) not in text_of(page)] == []
