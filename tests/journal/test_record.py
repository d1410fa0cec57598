"""Writing in the journal: what a line says, who it names, what it refuses."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from clea.accounts.models import Language
from clea.journal import services, verbs
from clea.journal.models import ActorRole, ActorSnapshot, AppendOnly, ChainHead, Entry
from clea.journal.selectors import entries_for
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.journal import VERB, EntryFactory

pytestmark = pytest.mark.django_db


@time_machine.travel(dt.datetime(2026, 2, 15, 22, 59, 59, 123456, tzinfo=dt.UTC), tick=False)
def test_a_line_says_who_did_what_to_what_and_when():
    artist = UserFactory(first_name="Ada", last_name="Terril")
    written = EntryFactory(by=artist, target=artist, data={"state": "submitted"}, summary="dépôt 42")

    entry = Entry.objects.get(pk=written.pk)
    assert entry.at == dt.datetime(2026, 2, 15, 22, 59, 59, 123456, tzinfo=dt.UTC)
    assert (entry.verb, entry.label) == (VERB, "message modifié")
    assert (entry.target_type, entry.target_id) == ("accounts.user", str(artist.uuid))
    assert (entry.data, entry.summary) == ({"state": "submitted"}, "dépôt 42")
    assert str(entry.actor) == "Ada Terril"
    assert (entry.actor.user_uuid, entry.actor.role) == (artist.uuid, ActorRole.PERSON)


def test_the_machine_signs_as_the_system():
    first, second = EntryFactory(by=None), EntryFactory(by=None)

    assert str(first.actor) == "système"
    assert (first.actor.role, first.actor.user_uuid) == (ActorRole.SYSTEM, None)
    assert first.actor == second.actor


@pytest.mark.parametrize(
    ("is_staff", "is_superuser", "role"),
    [
        (False, False, ActorRole.PERSON),
        (True, False, ActorRole.COORDINATOR),
        (True, True, ActorRole.ADMINISTRATOR),
    ],
)
def test_a_line_keeps_the_role_of_the_moment(is_staff, is_superuser, role):
    user = UserFactory(is_staff=is_staff, is_superuser=is_superuser)

    assert EntryFactory(by=user).actor.role == role


def test_one_snapshot_serves_while_the_person_is_the_same_then_another():
    user = UserFactory(first_name="Ada", last_name="Terril")
    before, again = EntryFactory(by=user), EntryFactory(by=user)
    user.last_name = "Gaillette"
    after = EntryFactory(by=user)

    assert before.actor == again.actor
    assert [str(before.actor), str(after.actor)] == ["Ada Terril", "Ada Gaillette"]
    assert ActorSnapshot.objects.filter(user_uuid=user.uuid).count() == 2


def test_deleting_the_account_leaves_the_trail():
    user = UserFactory(first_name="Ada", last_name="Terril")
    entry = EntryFactory(by=user)
    user.delete()

    assert str(Entry.objects.get(pk=entry.pk).actor) == "Ada Terril"
    assert services.verify().ok


def test_a_rolled_back_action_leaves_no_line_and_no_hole():
    EntryFactory()
    with transaction.atomic():
        services.record(by=None, verb=VERB)
        transaction.set_rollback(True)
    EntryFactory()

    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert ChainHead.objects.get().seq == 2
    assert services.verify().ok


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused():
    with pytest.raises(TransactionManagementError):
        services.record(by=None, verb=VERB)

    assert Entry.objects.count() == 0


def test_a_verb_nobody_registered_is_refused():
    with pytest.raises(verbs.UnknownVerb, match=r"application\.eaten"):
        EntryFactory(verb="application.eaten")

    assert Entry.objects.count() == 0


@pytest.mark.parametrize("verb", ["submitted", "Application.submitted", "application.", "a.b.c"])
def test_a_verb_reads_noun_dot_verb(verb):
    with pytest.raises(ValueError, match="noun"):
        verbs.register({verb: "…"})


def test_two_apps_cannot_own_the_same_verb():
    with pytest.raises(ValueError, match="already registered"):
        verbs.register({VERB: "tout autre chose"})


def test_values_of_the_domain_are_written_as_text_and_come_back_the_same():
    key = uuid.uuid4()
    entry = EntryFactory(
        data={
            "amount": Decimal("839.52"),
            "day": dt.date(2026, 2, 15),
            "at": dt.datetime(2026, 2, 16, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            "id": key,
            "state": Language.FRENCH,
            "list": (1, None, True, "é\n"),
            "big": 10**30,
        }
    )

    assert Entry.objects.get(pk=entry.pk).data == {
        "amount": "839.52",
        "day": "2026-02-15",
        "at": "2026-02-15T23:00:00.000000+00:00",
        "id": str(key),
        "state": "fr",
        "list": [1, None, True, "é\n"],
        "big": 10**30,
    }
    assert services.verify().ok


@pytest.mark.parametrize(
    "data",
    [
        {"amount": 12.5},
        {"deep": [{"amount": 1e16}]},
        {"thing": object()},
        {1: "a key that is not text"},
        {"naive": dt.datetime(2026, 1, 1)},  # noqa: DTZ001
        {"null": "a\0b"},
        {"surrogate": "\ud800"},
    ],
)
def test_values_that_a_database_would_change_are_refused(data):
    with pytest.raises((TypeError, ValueError)):
        EntryFactory(data=data)

    assert Entry.objects.count() == 0


def test_a_row_that_is_not_saved_cannot_be_named():
    with pytest.raises(ValueError, match="save the row"):
        EntryFactory(target=ChainHead(pk=None))


def test_a_summary_too_long_is_refused_and_not_cut():
    with pytest.raises(ValueError, match="500"):
        EntryFactory(summary="x" * 501)


def statements() -> int:
    """The chain's end is written with the lines where the database takes both at once."""
    return 2 if connection.vendor == "postgresql" else 3


def test_recording_costs_so_few_queries(assert_max_queries):
    user = UserFactory()
    EntryFactory(by=user)

    with transaction.atomic():
        assert_max_queries(statements(), lambda: services.record(by=user, verb=VERB, target=user))


def test_entries_of_some_rows_come_newest_first_and_nobody_else_s():
    ada, basile, other = UserFactory.create_batch(3)
    first = EntryFactory(by=ada, target=ada)
    EntryFactory(by=ada, target=other)
    second = EntryFactory(by=basile, target=basile)
    third = EntryFactory(by=ada, target=ada)

    assert list(entries_for(ada)) == [third, first]
    assert list(entries_for(ada, basile)) == [third, second, first]
    assert list(entries_for()) == []


def test_reading_entries_costs_one_query(assert_num_queries_constant):
    target = UserFactory()
    EntryFactory(by=UserFactory(), target=target)

    assert_num_queries_constant(
        lambda: [str(entry.actor) for entry in entries_for(target)],
        lambda: [EntryFactory(by=UserFactory(), target=target) for _ in range(3)],
        at_most=1,
    )


def _saved_again(entry):
    entry.summary = "autre chose"
    entry.save()


@pytest.mark.parametrize(
    "change",
    [
        _saved_again,
        lambda entry: entry.delete(),
        lambda entry: Entry.objects.filter(pk=entry.pk).update(summary="autre chose"),
        lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
        lambda entry: Entry.objects.bulk_update([entry], ["summary"]),
        lambda entry: Entry.objects.bulk_create([Entry(seq=99)]),
        lambda entry: Entry._base_manager.update(summary="autre chose"),
        lambda entry: entry.actor.delete(),
        lambda entry: entry.actor.save(),
        lambda entry: ActorSnapshot.objects.update(label="quelqu'un d'autre"),
    ],
    ids=[
        "save", "delete", "update", "queryset delete", "bulk_update", "bulk_create", "base manager",
        "delete actor", "save actor", "update actor",
    ],
)  # fmt: skip
def test_the_orm_refuses_to_change_what_is_written(change):
    entry = EntryFactory(by=UserFactory(), summary="tel quel")

    with pytest.raises(AppendOnly):
        change(entry)

    assert Entry.objects.get(pk=entry.pk).summary == "tel quel"
    assert services.verify().ok


def test_erasing_a_person_takes_the_name_out_and_the_chain_holds():
    artist, coordinator = UserFactory(first_name="Ada", last_name="Terril"), AdministratorFactory(first_name="Lise")
    first = EntryFactory(by=artist, target=artist)
    artist.last_name = "Gaillette"
    EntryFactory(by=artist)
    EntryFactory(by=coordinator)

    assert services.erase(artist.uuid, by=coordinator) == 2

    erased = Entry.objects.select_related("actor").get(pk=first.pk).actor
    assert str(erased) == "personne effacée"
    assert (erased.label, erased.salt) == ("", "")
    assert not ActorSnapshot.objects.filter(label__contains="Ada").exists()
    assert ActorSnapshot.objects.filter(label=str(coordinator)).exists()
    assert services.verify().ok
    trace = Entry.objects.order_by("-seq")[0]
    assert (trace.verb, trace.target_id, trace.actor.label) == (
        "journal.actor_erased",
        str(artist.uuid),
        str(coordinator),
    )


def test_erasing_twice_says_it_once():
    artist = UserFactory()
    EntryFactory(by=artist)
    services.erase(artist.uuid)
    count = Entry.objects.count()

    assert services.erase(artist.uuid) == 0
    assert Entry.objects.count() == count


def test_somebody_erased_who_acts_again_is_named_again():
    artist = UserFactory(first_name="Ada", last_name="Terril")
    EntryFactory(by=artist)
    services.erase(artist.uuid)
    entry = EntryFactory(by=artist)

    assert str(entry.actor) == "Ada Terril"
    assert services.verify().ok


def test_several_targets_make_one_line_each_in_their_order(django_assert_num_queries):
    coordinator, artists = AdministratorFactory(), UserFactory.create_batch(30)
    EntryFactory(by=coordinator)
    with transaction.atomic(), django_assert_num_queries(statements()):
        written = services.record_all(
            by=coordinator, verb=VERB, lines=[(artist, {"rank": rank}) for rank, artist in enumerate(artists)]
        )

    lines = list(Entry.objects.order_by("seq"))[1:]
    assert [line.pk for line in lines] == [entry.pk for entry in written]
    assert [(line.target_id, line.data) for line in lines] == [
        (str(artist.uuid), {"rank": rank}) for rank, artist in enumerate(artists)
    ]
    assert services.verify().broken_seq is None
    assert EntryFactory(by=None).prev_hash == lines[-1].hash


def test_no_target_writes_nothing():
    with transaction.atomic():
        assert services.record_all(by=None, verb=VERB, lines=[]) == []
    assert not Entry.objects.exists()
