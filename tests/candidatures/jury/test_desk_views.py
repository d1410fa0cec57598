"""Entering the jury's space: where one lands, what one commits to, and the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import AssignmentPurpose
from candidatures.selectors import reading
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory
from tests.factories.jury import (
    AssignmentFactory,
    JurorFactory,
    JuryFactory,
    RecusalFactory,
    ReviewFactory,
    eligible,
    read_by,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def juror(jury, client):
    juror = JurorFactory(jury=jury)
    client.force_login(juror.user)
    return juror


def desk(jury):
    return reverse("jury:desk", args=[jury.call.slug])


def charter(jury):
    return reverse("jury:charter", args=[jury.call.slug])


def text(response) -> str:
    return response.content.decode()


def names(rows) -> list[str]:
    return [row.face.label for row in rows]


def sign_in(user, **fields) -> tuple[Client, str]:
    user.set_password("une-phrase-assez-longue")
    user.save()
    visitor = Client()
    sent = {"login": user.email, "password": "une-phrase-assez-longue"} | fields
    return visitor, visitor.post(reverse("account_login"), sent).headers["Location"]


# Landing ------------------------------------------------------------------------------------------


def test_a_juror_lands_in_the_jury_and_an_artist_in_their_own_space(jury):
    juror, artist = JurorFactory(jury=jury).user, UserFactory()
    visitor, landed = sign_in(juror)
    assert landed == reverse("jury:home")
    assert 'href="/jury/"' in text(visitor.get("/candidatures/"))
    visitor, landed = sign_in(artist)
    assert landed == reverse("applications:list")
    assert 'href="/jury/"' not in text(visitor.get("/candidatures/"))


def test_who_was_asked_for_elsewhere_still_finds_the_jury_in_the_header(jury):
    visitor, landed = sign_in(JurorFactory(jury=jury).user, next="/appels/")
    assert landed == "/appels/"
    assert 'href="/jury/"' in text(visitor.get(landed))


def test_the_link_to_the_jury_costs_no_query(jury, client, assert_max_queries):
    call = CallFactory(complete=True)
    anonymous = Client()
    anonymous.get(call.get_absolute_url())
    cost = assert_max_queries(4, lambda: anonymous.get(call.get_absolute_url()))
    visitor, _landed = sign_in(JurorFactory(jury=jury).user)
    visitor.get(call.get_absolute_url())
    with_a_seat = assert_max_queries(20, lambda: visitor.get(call.get_absolute_url()))
    other, _landed = sign_in(UserFactory())
    other.get(call.get_absolute_url())
    assert assert_max_queries(20, lambda: other.get(call.get_absolute_url())) == with_a_seat
    assert cost <= 4


def test_an_archived_jury_is_no_longer_where_one_lands(jury):
    juror = JurorFactory(jury=jury)
    jury.call.status = "archived"
    jury.call.save()
    _visitor, landed = sign_in(juror.user)
    assert landed == reverse("applications:list")


def test_one_jury_opens_at_once_and_several_are_listed(client, jury, juror):
    assert client.get(reverse("jury:home")).headers["Location"] == desk(jury)
    alone = client.get(desk(jury)).content.decode()
    assert "Rien à faire pour le moment" in alone
    assert f'href="{desk(jury)}">' not in alone  # no button leads to the page one is on
    other = JurorFactory(user=juror.user, joined_at=None)
    listed = text(client.get(reverse("jury:home")))
    assert jury.call.title in listed
    assert other.jury.call.title in listed
    assert "invitation à accepter" in listed
    # What is over is folded, and asks nothing.
    assert "jury passé" not in listed
    call = other.jury.call
    call.closes_at, call.results_on = call.opens_at + timedelta(days=1), timezone.localdate() - timedelta(days=1)
    call.save()
    html = client.get(reverse("jury:home")).content.decode()
    assert "1 jury passé" in html
    assert "Répondre à l&#x27;invitation" not in html


def test_who_sits_nowhere_is_told_so(client):
    client.force_login(UserFactory())
    assert "Vous ne siégez dans aucun jury" in text(client.get(reverse("jury:home")))


# The charter ---------------------------------------------------------------------------------------


def test_nothing_opens_before_the_charter(client, jury):
    juror = JurorFactory(jury=jury, joined_at=None)
    client.force_login(juror.user)
    (given,) = eligible(jury.call, 1)
    read_by(juror, given)
    for name in ("dossier", "conflict"):
        address = reverse(f"jury:{name}", args=[jury.call.slug, given.uuid])
        assert client.get(address).headers["Location"] == charter(jury)
    assert client.get(desk(jury)).headers["Location"] == charter(jury)
    shown = text(client.get(charter(jury)))
    assert "garder confidentiels" in shown
    assert given.display_name not in shown
    client.post(charter(jury), {"accepter": "1"})
    assert given.display_name in text(client.get(desk(jury)))


def test_the_coordination_s_own_text_replaces_the_proposed_one(client, jury):
    jury.charter = "Je lis **tout**."
    jury.save()
    client.force_login(JurorFactory(jury=jury, joined_at=None).user)
    shown = text(client.get(charter(jury)))
    assert "Je lis <strong>tout</strong>." in shown
    assert "garder confidentiels" not in shown


def test_who_declines_leaves_the_jury(client, jury):
    juror = JurorFactory(jury=jury, joined_at=None)
    client.force_login(juror.user)
    answer = client.post(charter(jury), {"decliner": "1"}, follow=True)
    assert "Vous avez décliné" in text(answer)
    assert client.get(desk(jury)).status_code == 404


def test_before_the_first_day_the_desk_says_when(client, jury, juror):
    (given,) = eligible(jury.call, 1)
    read_by(juror, given)
    jury.reads_from = timezone.localdate() + timedelta(days=1)
    jury.save()
    answer = client.get(desk(jury))
    assert answer.status_code == 403
    assert "La lecture des dossiers commence le" in text(answer)
    assert given.display_name not in text(answer)


@pytest.mark.parametrize("gone", ["left_at", "declined_at"])
def test_who_left_finds_nothing(client, jury, juror, gone):
    setattr(juror, gone, timezone.now())
    juror.save()
    for address in (desk(jury), charter(jury)):
        assert client.get(address).status_code == 404


# The desk ------------------------------------------------------------------------------------------


def test_what_is_left_comes_first(client, jury, juror):
    filed, begun, untouched, consulted = eligible(jury.call, 4)
    colleague = JurorFactory(jury=jury)
    read_by(colleague, filed, begun, untouched)
    read_by(juror, filed, begun, untouched)
    AssignmentFactory(juror=juror, application=consulted, purpose=AssignmentPurpose.CONSULT)
    ReviewFactory(juror=juror, application=filed, notes=[4, 4])
    ReviewFactory(juror=juror, application=begun, notes=[2], draft=True)
    found = reading.desk(juror)
    assert names(found.to_read) == [one.display_name for one in (begun, untouched, filed)]
    assert names(found.consult) == [consulted.display_name]
    assert (found.done, found.owed, found.total) == (1, 2, 3)
    answer = client.get(desk(jury))
    assert answer.context["next_to_read"].uuid == begun.uuid
    for word in ("2 dossiers à lire", "lecture déposée", "en cours", "En consultation", "avis favorable"):
        assert word in text(answer)


def test_it_sorts_and_finds(client, jury, juror):
    low, high, unread = eligible(jury.call, 3)
    read_by(juror, low, high, unread)
    ReviewFactory(juror=juror, application=low, notes=[1, 1])
    ReviewFactory(juror=juror, application=high, notes=[5, 5])
    by_note = client.get(desk(jury), {"tri": "note"}).context["desk"]
    assert names(by_note.to_read) == [one.display_name for one in (high, low, unread)]
    found = client.get(desk(jury), {"q": high.display_name.upper()}).context["desk"]
    assert names(found.to_read) == [high.display_name]
    # The figures stay those of the whole.
    assert found.total == 3
    assert client.get(desk(jury), {"tri": "autre", "q": "\x00%_'"}).status_code == 200


def test_a_blind_desk_shows_numbers_and_cannot_be_searched_by_name(client, jury, juror):
    jury.call.blind_reading = True
    jury.call.save()
    given, _other = eligible(jury.call, 2)
    read_by(juror, given)
    shown = text(client.get(desk(jury)))
    assert f"Dossier {given.last_deposit.number}" in shown
    for secret in (given.last_name, given.city):
        assert secret not in shown
        assert client.get(desk(jury), {"q": secret}).context["desk"].shown == 0
    assert client.get(desk(jury), {"q": given.last_deposit.number}).context["desk"].shown == 1


def test_a_recused_dossier_leaves_rows_counts_and_neighbours(client, jury, juror):
    first, second = eligible(jury.call, 2)
    read_by(juror, first, second)
    ReviewFactory(juror=juror, application=first, notes=[4, 4])
    RecusalFactory(juror=juror, application=first)
    found = reading.desk(juror)
    assert (names(found.to_read), found.total) == ([second.display_name], 1)
    around = reading.neighbours(juror, second)
    assert (around.previous, around.next, around.rank, around.left) == (None, None, 1, 1)


def test_previous_and_next_go_through_what_is_left(jury, juror):
    first, second, third, fourth = eligible(jury.call, 4)
    colleague = JurorFactory(jury=jury)
    for member in (juror, colleague):
        read_by(member, first, second, third, fourth)
    ReviewFactory(juror=juror, application=second, notes=[4, 4])
    around = reading.neighbours(juror, third)
    assert (around.previous, around.next, around.rank, around.left) == (first.uuid, fourth.uuid, 2, 3)
    # Past the end, it starts again.
    assert reading.neighbours(juror, fourth).next == first.uuid
    assert reading.neighbours(juror, second).next == third.uuid


def test_the_desk_costs_as_much_with_three_hundred_dossiers(client, jury, juror, assert_num_queries_constant):
    colleague = JurorFactory(jury=jury)

    def more(count: int) -> None:
        made = eligible(jury.call, count)
        read_by(juror, *made)
        read_by(colleague, *made[:5])
        for application in made[:3]:
            ReviewFactory(juror=juror, application=application, notes=[4, 3])

    more(3)
    cost = assert_num_queries_constant(lambda: client.get(desk(jury)), lambda: more(297), at_most=12)
    assert cost <= 9
    assert client.get(desk(jury)).context["desk"].total == 300
