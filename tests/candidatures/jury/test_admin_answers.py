"""The coordinator's page of answers: positions, acts, the reserve list, other territories, names."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.jury import answers as answers_admin
from candidatures.enums import ApplicationState, OfferState, Outcome
from candidatures.models import Application, Offer, OutsideDecision, TerritoryClaim
from candidatures.services.jury import offers, publication
from clea.mail import services as mail
from clea.ui.dates import day
from tests.candidatures.jury.decided import Decided, faults, fresh, send
from tests.factories.jury import JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
S = ApplicationState


@pytest.fixture
def decided():
    return Decided(selected=1, reserve=2)


@pytest.fixture
def desk(client, decided):
    client.force_login(decided.desk)
    return client


def address(decided, name="answers", *args):
    return reverse(f"admin:candidatures_jury_{name}", args=[decided.jury.uuid, *args])


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_positions_answers_and_the_next_of_the_reserve_are_on_one_page(desk, decided):
    offers.refuse(
        by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]), words="Je pars en résidence ailleurs."
    )
    html = read(desk, address(decided))
    assert "Je pars en résidence ailleurs." in html
    assert "Une place est libre." in html
    assert address(decided, "answers_call", decided.reserve[0].uuid) in html


def test_the_pages_are_valid_html(desk, decided):
    offer = decided.offer(decided.selected[0])
    row = OutsideDecision.objects.create(
        application=decided.reserve[0], territory="Voisin", jury_on=decided.session.held_on
    )
    for url in (
        address(decided),
        address(decided, "answers_offer", offer.uuid, "annuler"),
        address(decided, "answers_publication"),
        address(decided, "outside"),
        address(decided, "outside_override", row.uuid),
    ):
        assert not faults(desk.get(url).content.decode()), url


def test_calling_the_next_asks_first_then_drafts(desk, decided):
    offers.refuse(by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]))
    url = address(decided, "answers_call", decided.reserve[0].uuid)
    until = timezone.localdate() + timedelta(days=5)
    assert "Pourquoi" not in read(desk, url)
    assert fresh(decided.reserve[0]).state == S.RESERVE
    response = desk.post(url, {"answer_by_date": until.strftime("%d/%m/%Y"), "answer_by_time": ""})
    assert response.status_code == 302
    offer = Offer.objects.get(application=decided.reserve[0])
    assert timezone.localtime(offer.answer_by).date() == until + timedelta(days=1)
    assert fresh(decided.reserve[0]).state == S.SELECTED


def test_calling_out_of_order_names_who_comes_first_and_asks_why(desk, decided):
    offers.refuse(by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]))
    url = address(decided, "answers_call", decided.reserve[1].uuid)
    assert decided.reserve[0].display_name in read(desk, url)
    until = (timezone.localdate() + timedelta(days=5)).strftime("%d/%m/%Y")
    response = desk.post(url, {"answer_by_date": until, "answer_by_time": "", "why": ""})
    assert response.status_code == 200
    assert fresh(decided.reserve[1]).state == S.RESERVE
    desk.post(url, {"answer_by_date": until, "answer_by_time": "", "why": "Même discipline."})
    assert Offer.objects.get(application=decided.reserve[1]).out_of_order == "Même discipline."


def test_nothing_is_called_while_nothing_is_free(desk, decided):
    html = read(desk, address(decided, "answers_call", decided.reserve[0].uuid))
    assert "Aucune résidence n'est libre." in html.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("act", "data", "state"),
    [
        ("annuler", {"why": "Erreur."}, OfferState.CANCELLED),
        ("sans-reponse", {"confirmer": "1"}, OfferState.LAPSED),
        ("acceptation-tardive", {"words": "Par téléphone."}, OfferState.ACCEPTED),
    ],
)
def test_an_act_asks_first_then_does_it(desk, decided, act, data, state):
    offer = decided.offer(decided.selected[0])
    with time_machine.travel(offer.answer_by + timedelta(hours=1), tick=False):
        desk.force_login(decided.desk)
        url = address(decided, "answers_offer", offer.uuid, act)
        read(desk, url)
        offer.refresh_from_db()
        assert offer.state == OfferState.PENDING
        assert desk.post(url, data).status_code == 302
    offer.refresh_from_db()
    assert offer.state == state


def test_the_date_moves_from_the_page(desk, decided):
    offer = decided.offer(decided.selected[0])
    later = timezone.localdate() + timedelta(days=20)
    url = address(decided, "answers_offer", offer.uuid, "delai")
    desk.post(url, {"answer_by_date": later.strftime("%d/%m/%Y"), "answer_by_time": "12:00"})
    offer.refresh_from_db()
    assert timezone.localtime(offer.answer_by).strftime("%d %H:%M") == f"{later.day:02d} 12:00"


def test_a_released_position_keeps_its_reason_on_the_page(desk, decided):
    offer = decided.offer(decided.selected[0])
    offers.accept(by=decided.selected[0].owner, offer=offer)
    url = address(decided, "answers_offer", offer.uuid, "liberer")
    bad = desk.post(url, {"on": "n'importe", "why": "Santé."}).content.decode()
    assert "Écrivez la date ainsi" in bad
    assert "Santé." in bad
    desk.post(url, {"on": timezone.localdate().strftime("%d/%m/%Y"), "why": "Santé."})
    assert "Santé." in read(desk, address(decided))


def test_an_act_that_is_no_longer_possible_says_why_and_keeps_what_was_typed(desk, decided):
    offer = decided.offer(decided.selected[0])
    offers.accept(by=decided.selected[0].owner, offer=offer)
    url = address(decided, "answers_offer", offer.uuid, "annuler")
    response = desk.post(url, {"why": "Trop tard ?"})
    html = response.content.decode().replace("&#x27;", "'").replace("&#39;", "'")
    assert "quelqu'un l'a changée" in html
    assert "Trop tard ?" in html
    offer.refresh_from_db()
    assert offer.state == OfferState.ACCEPTED


def test_an_unknown_act_and_another_jury_s_offer_do_not_exist(desk, decided):
    offer = decided.offer(decided.selected[0])
    assert desk.get(address(decided, "answers_offer", offer.uuid, "effacer")).status_code == 404
    other = Decided()
    stranger = other.offer(other.selected[0])
    assert desk.get(address(decided, "answers_offer", stranger.uuid, "annuler")).status_code == 404


def test_the_reserve_is_closed_after_a_page_that_names_everybody(desk, decided):
    url = address(decided, "answers_end_reserve")
    html = read(desk, url)
    assert all(row.display_name in html for row in decided.reserve)
    desk.post(url, {"confirmer": "1"})
    assert {fresh(row).state for row in decided.reserve} == {S.DECLINED}


def test_names_are_approved_for_a_day_then_taken_back(desk, decided):
    offers.accept(by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]))
    url = address(decided, "answers_publication")
    assert decided.selected[0].display_name in read(desk, url)
    desk.post(url, {"publish_on": timezone.localdate().strftime("%d/%m/%Y")})
    assert publication.names(decided.call, timezone.localdate()) == [decided.selected[0].artist_name]
    assert decided.selected[0].artist_name in read(desk, address(decided))
    desk.post(url, {"retirer": "1"})
    assert publication.names(decided.call, timezone.localdate()) == []


# Other territories -------------------------------------------------------------------------------


def test_a_decision_elsewhere_is_written_down_and_settled(desk, decided):
    application = decided.selected[0]
    on = decided.session.held_on - timedelta(days=1)
    response = desk.post(
        address(decided, "outside"),
        {
            "dossier": str(application.uuid),
            "territory": "Voisin",
            "jury_on": on.strftime("%d/%m/%Y"),
            "words": "Courriel.",
        },
    )
    assert response.status_code == 302
    row = OutsideDecision.objects.get()
    html = read(desk, address(decided, "outside"))
    assert "décidée avant nous" in html
    assert "Voisin" in read(desk, address(decided))
    url = address(decided, "outside_elsewhere", row.uuid)
    read(desk, url)
    assert fresh(application).state == S.SELECTED
    desk.post(url, {"confirmer": "1"})
    assert fresh(application).state == S.ELSEWHERE
    desk.post(address(decided, "outside_back", application.uuid))
    assert fresh(application).state == S.SELECTED
    desk.post(address(decided, "outside_override", row.uuid), {"reason": "Accord du 4."})
    assert "Accord du 4." in read(desk, address(decided, "outside"))
    desk.post(address(decided, "outside_cancel", row.uuid), {"confirmer": "1"})
    row.refresh_from_db()
    assert row.cancelled_at is not None


def test_what_artists_declared_is_listed_with_what_to_ask(desk, decided):
    first, second = decided.reserve
    TerritoryClaim.objects.create(application=first, territory="Vallée", jury_on=decided.session.held_on)
    TerritoryClaim.objects.create(
        application=second, territory="Plateau", jury_on=timezone.localdate() + timedelta(days=30)
    )
    html = read(desk, address(decided, "outside"))
    assert day(decided.session.held_on) in html
    assert html.count("Demander sa décision") == 1


# Cost and desk -----------------------------------------------------------------------------------


def test_the_page_costs_the_same_for_three_and_thirty(desk, decided, assert_num_queries_constant):
    def grow():
        rows = eligible(decided.call, 27)
        for rank, row in enumerate(rows[:14], start=10):
            decided.decide(row, Outcome.RESERVE, reserve_rank=rank)
        for row in rows[14:]:
            decided.decide(row, Outcome.SELECTED)
        for letter in decided.draft(*[fresh(row) for row in rows[14:]]):
            send(decided.desk, letter.mail)

    decided.offer(decided.selected[0])
    for name in ("answers", "outside"):
        assert_num_queries_constant(lambda name=name: read(desk, address(decided, name)), grow, at_most=24)
        grow = lambda: None  # noqa: E731


def items(user, rf):
    request = rf.get("/coordination/")
    request.user = user
    return {str(item.label): item for item in answers_admin.desk_items(request)}


def test_the_home_page_tells_what_waits_in_one_query(decided, rf, django_assert_num_queries):
    # A free position, a reserve, a late answer, another territory, and a name to publish.
    decided.position.count = 3
    decided.position.save()
    more = decided.decide(eligible(decided.call, 1)[0], Outcome.SELECTED)
    late, accepted = decided.offer(decided.selected[0]), decided.offer(more)
    offers.accept(by=more.owner, offer=accepted)
    Offer.objects.filter(pk=late.pk).update(answer_by=timezone.now() - timedelta(hours=1))
    decided.call.results_on = timezone.localdate()
    decided.call.save()
    OutsideDecision.objects.create(
        application=decided.selected[0], territory="Voisin", jury_on=decided.session.held_on - timedelta(days=1)
    )
    # The juries in hand, which the other lines of the page share, then their answers.
    with django_assert_num_queries(2):
        found = items(decided.desk, rf)
    assert found["artiste sans réponse dans le délai"].count == 1
    assert found["artiste retenu aussi ailleurs"].count == 1
    assert found["résidence libre, à proposer"].count == 1
    assert found["nom prêt à publier"].count == 1
    assert items(CoordinatorFactory(), rf) == {}


def test_the_home_page_counts_an_artist_selected_in_two_territories_here(rf):
    neighbour = Decided(reserve=0, jury=JuryFactory(territory=TerritoryFactory()))
    ours = Decided(reserve=0, held_on=neighbour.session.held_on + timedelta(days=1))
    Application.objects.filter(pk=neighbour.selected[0].pk).update(owner=ours.selected[0].owner)
    assert items(ours.desk, rf)["artiste retenu aussi ailleurs"].count == 1
    # Theirs came first: nothing to settle there.
    assert "artiste retenu aussi ailleurs" not in items(neighbour.desk, rf)


def test_a_letter_cancelled_in_the_outbox_is_to_be_drafted_again(desk, decided):
    offer = decided.offer(decided.selected[0], sent=False)
    mail.cancel(by=decided.desk, mails=[offer.letter.mail])
    html = read(desk, address(decided))
    assert "en attente de réponse" not in html
    assert "à préparer" in html


def test_nothing_waits_when_everything_is_answered(rf):
    decided = Decided(selected=1, reserve=0)
    offers.accept(by=decided.selected[0].owner, offer=decided.offer(decided.selected[0]))
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=timezone.localdate())
    assert items(decided.desk, rf) == {}
