"""The journal at the desk: administrators read it, nobody else sees that it is there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.journal import EntryFactory

pytestmark = pytest.mark.django_db
LIST = "admin:journal_entry_changelist"


@pytest.fixture
def as_administrator(client):
    client.force_login(AdministratorFactory())
    return client


def test_an_administrator_reads_the_journal_and_a_line(as_administrator):
    artist = UserFactory(first_name="Ada", last_name="Terril")
    entry = EntryFactory(by=artist, target=artist, summary="dépôt 42", data={"état": "<b>déposé</b>"})

    listed = as_administrator.get(reverse(LIST)).content.decode()
    shown = as_administrator.get(reverse("admin:journal_entry_change", args=[entry.pk])).content.decode()

    for page in (listed, shown):
        assert "message modifié" in page
        assert "Ada Terril" in page
        assert str(artist.uuid) in page
        assert "dépôt 42" in page
    assert "&lt;b&gt;déposé&lt;/b&gt;" in shown
    assert entry.hash in shown
    assert 'name="_save"' not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=Terril", True),
        ("?q=Gaillette", False),
        ("?verb=mail.edited", True),
        ("?verb=mail.sent", False),
        ("?actor__role__exact=person", True),
        ("?actor__role__exact=system", False),
    ],
)
def test_lines_are_searched_and_filtered(as_administrator, query, found):
    EntryFactory(by=UserFactory(first_name="Ada", last_name="Terril"), summary="la ligne cherchée")

    page = as_administrator.get(reverse(LIST) + query).content.decode()

    assert ("la ligne cherchée" in page) is found


def test_a_target_is_found_by_its_identifier(as_administrator):
    wanted, other = UserFactory.create_batch(2)
    EntryFactory(target=wanted, summary="la bonne")
    EntryFactory(target=other, summary="une autre")

    page = as_administrator.get(reverse(LIST), {"q": str(wanted.uuid)}).content.decode()

    assert "la bonne" in page
    assert "une autre" not in page


def test_nobody_adds_changes_or_deletes_from_the_desk(as_administrator):
    entry = EntryFactory()

    assert as_administrator.get(reverse("admin:journal_entry_add")).status_code == 403
    assert as_administrator.post(reverse("admin:journal_entry_change", args=[entry.pk]), {}).status_code == 403
    assert as_administrator.post(reverse("admin:journal_entry_delete", args=[entry.pk]), {}).status_code == 403


def test_a_coordinator_has_no_door_to_the_whole_journal(client):
    entry = EntryFactory(summary="secret")
    client.force_login(UserFactory(is_staff=True))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("admin:journal_entry_change", args=[entry.pk])).status_code == 403
    assert reverse(LIST) not in client.get(reverse("admin:index")).content.decode()


def test_the_list_costs_the_same_at_one_line_and_at_thirty(as_administrator, assert_num_queries_constant):
    EntryFactory(by=UserFactory())

    assert_num_queries_constant(
        lambda: as_administrator.get(reverse(LIST)),
        lambda: [EntryFactory(by=UserFactory(), target=UserFactory()) for _ in range(29)],
    )


def test_the_list_never_reads_the_whole_journal(as_administrator, django_assert_max_num_queries):
    """The end of the chain says how long it is."""
    EntryFactory.create_batch(2)

    with django_assert_max_num_queries(8) as asked:
        listed = as_administrator.get(reverse(LIST))

    assert listed.context["cl"].result_count == 2
    lines = [query["sql"] for query in asked.captured_queries if 'FROM "journal_entry"' in query["sql"]]
    assert len(lines) == 1
    assert "COUNT(" not in lines[0]
