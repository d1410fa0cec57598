"""The chain: many writers at once, and every way of tampering that raw SQL allows."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from clea.journal import guards, services
from clea.journal.chain import GENESIS, entry_hash
from clea.journal.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.journal import VERB, EntryFactory


def _sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _without_guards():
    """Somebody who owns the database takes its triggers away first."""
    with connection.schema_editor() as editor:
        guards.remove(None, editor)


@pytest.fixture
def unguarded(transactional_db):
    """Triggers off during the test, back after it: the next test's database is this one."""
    _without_guards()
    yield
    with connection.schema_editor() as editor:
        guards.install(None, editor)


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_at_once_make_one_chain_without_a_hole():
    users = UserFactory.create_batch(4)
    start, errors = threading.Barrier(20), []

    def write(number):
        try:
            start.wait(timeout=30)
            for turn in range(5):
                with transaction.atomic():
                    services.record(by=users[number % 4], verb=VERB, data={"number": number, "turn": turn})
        except Exception as error:  # noqa: BLE001 - told after the threads have ended
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert errors == []
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 101))
    written = {(entry.data["number"], entry.data["turn"]) for entry in Entry.objects.all()}
    assert written == {(number, turn) for number in range(20) for turn in range(5)}
    result = services.verify()
    assert (result.ok, result.count, result.last_seq) == (True, 100, 100)


@pytest.mark.django_db
def test_an_empty_journal_holds():
    result = services.verify()

    assert (result.ok, result.count, result.last_hash) == (True, 0, GENESIS)
    said = StringIO()
    call_command("verify_journal", stdout=said)
    assert said.getvalue() == "Journal intact : 0 ligne(s).\n", "no line, no anchor to keep"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET summary = 'autre chose'",
        "UPDATE journal_entry SET at = at",
        "UPDATE journal_actorsnapshot SET label = 'quelqu''un d''autre'",
        "UPDATE journal_actorsnapshot SET label = '', salt = ''",
        "UPDATE journal_actorsnapshot SET label = '', salt = '', erased_at = '2026-01-01', role = 'person'",
        "UPDATE journal_actorsnapshot SET user_uuid = NULL",
    ],
)
def test_the_database_itself_refuses_an_update(statement):
    EntryFactory(by=UserFactory(is_staff=True))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _sql(statement)

    assert services.verify().ok


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_a_delete_and_elsewhere_verify_tells():
    entry = EntryFactory()

    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            _sql("DELETE FROM journal_entry")
        assert Entry.objects.get() == entry
        assert services.verify().ok
    else:
        _sql("DELETE FROM journal_entry")
        assert services.verify().broken_seq == entry.seq


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE journal_entry SET summary = 'refusée' WHERE seq = 3", 3),
        ("UPDATE journal_entry SET verb = 'mail.sent' WHERE seq = 2", 2),
        ("UPDATE journal_entry SET data = '{\"version\": -1}' WHERE seq = 4", 4),
        ("UPDATE journal_entry SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 1", 1),
        ("UPDATE journal_entry SET target_id = 'x' WHERE seq = 5", 5),
        ("UPDATE journal_entry SET target_type = 'x' WHERE seq = 5", 5),
        ("UPDATE journal_entry SET prev_hash = 'x' WHERE seq = 3", 3),
        ("UPDATE journal_entry SET hash = 'x' WHERE seq = 3", 3),
        ("UPDATE journal_entry SET actor_id = (SELECT actor_id FROM journal_entry WHERE seq = 1) WHERE seq = 4", 4),
        ("UPDATE journal_actorsnapshot SET label = 'Un Autre' WHERE role = 'coordinator'", 4),
        ("UPDATE journal_actorsnapshot SET role = 'person' WHERE role = 'coordinator'", 4),
        ("DELETE FROM journal_entry WHERE seq = 3", 3),
        ("DELETE FROM journal_entry WHERE seq = 1", 1),
        ("DELETE FROM journal_entry WHERE seq = 5", 5),
        ("DELETE FROM journal_entry WHERE seq > 2", 3),
        ("DELETE FROM journal_chainhead", 1),
        ("UPDATE journal_chainhead SET seq = 4", 4),
        ("UPDATE journal_chainhead SET hash = 'x'", 5),
        (
            "INSERT INTO journal_entry SELECT 6, at, verb, target_type, target_id, summary, data, 'y', 'z', actor_id "
            "FROM journal_entry WHERE seq = 5",
            6,
        ),
    ],
)
def test_tampering_is_named_by_its_first_line(unguarded, statement, broken):
    coordinator = UserFactory(is_staff=True, first_name="Cyr", last_name="Lens")
    for _turn in range(3):
        EntryFactory()
    for _turn in range(2):
        EntryFactory(by=coordinator)
    if "INSERT INTO" in statement:
        columns = "(seq, at, verb, target_type, target_id, summary, data, prev_hash, hash, actor_id)"
        statement = statement.replace("journal_entry SELECT", f"journal_entry {columns} SELECT")

    assert services.verify().ok
    _sql(statement)

    result = services.verify()
    assert not result.ok
    assert result.broken_seq == broken
    with pytest.raises(CommandError, match=f"ligne {broken}\\b"):
        call_command("verify_journal", stdout=StringIO())


def test_data_that_is_no_longer_json_is_named_too(unguarded):
    for _turn in range(3):
        EntryFactory()
    if connection.vendor == "postgresql":
        # jsonb holds JSON only: the nearest is a value of another shape.
        _sql("UPDATE journal_entry SET data = '[1]' WHERE seq = 2")
    else:
        _sql("PRAGMA ignore_check_constraints = ON")
        _sql("UPDATE journal_entry SET data = '{' WHERE seq = 2")
        _sql("PRAGMA ignore_check_constraints = OFF")

    assert services.verify().broken_seq == 2


def _rewritten_from(seq):
    """What a forger who knows the arithmetic does: change a line, then redo all that follows."""
    previous = Entry.objects.get(pk=seq).prev_hash
    _sql(
        "UPDATE journal_entry SET prev_hash = '-' || substr(hash, 2), hash = '-' || substr(hash, 2) WHERE seq > %s", seq
    )
    for entry in Entry.objects.filter(seq__gte=seq).select_related("actor").order_by("seq"):
        summary = "faux" if entry.seq == seq else entry.summary
        digest = entry_hash(
            seq=entry.seq, at=entry.at, verb=entry.verb, target_type=entry.target_type, target_id=entry.target_id,
            summary=summary, data=entry.data, actor_digest=entry.actor.digest, prev_hash=previous,
        )  # fmt: skip
        _sql(
            "UPDATE journal_entry SET summary = %s, prev_hash = %s, hash = %s WHERE seq = %s",
            summary, previous, digest, entry.seq,
        )  # fmt: skip
        previous = digest
    _sql("UPDATE journal_chainhead SET hash = %s", previous)


def test_a_chain_rewritten_whole_is_caught_by_an_anchor_kept_elsewhere(unguarded):
    for _turn in range(4):
        EntryFactory()
    kept = services.verify()
    EntryFactory()

    _rewritten_from(2)

    assert services.verify().ok, "nothing inside the database can tell"
    result = services.verify(anchors={kept.last_seq: kept.last_hash})
    assert (result.broken_seq, result.reason) == (4, "differs from the anchor")


@pytest.mark.django_db
def test_the_command_gives_an_anchor_and_takes_it_back():
    for _turn in range(3):
        EntryFactory()
    said = StringIO()
    call_command("verify_journal", stdout=said)
    head = Entry.objects.get(seq=3)

    assert "Journal intact : 3 ligne(s)." in said.getvalue()
    assert f"--anchor 3:{head.hash}" in said.getvalue()
    EntryFactory()
    call_command("verify_journal", f"--anchor=3:{head.hash}", stdout=StringIO())
    with pytest.raises(CommandError, match="ligne 3"):
        call_command("verify_journal", f"--anchor=3:{'0' * 64}", stdout=StringIO())
    with pytest.raises(CommandError, match="ligne 9"):
        call_command("verify_journal", f"--anchor=9:{head.hash}", stdout=StringIO())
    with pytest.raises(CommandError, match="NUMÉRO:EMPREINTE"):
        call_command("verify_journal", "--anchor=n'importe quoi", stdout=StringIO())


def test_the_command_says_when_the_database_lost_its_guards(unguarded):
    EntryFactory()

    with pytest.raises(CommandError, match="journal_entry_no_update"):
        call_command("verify_journal", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_the_guards_can_be_taken_away_and_put_back():
    assert guards.missing(connection) == []
    _without_guards()
    assert guards.missing(connection) == sorted(guards.triggers(connection.vendor))
    with connection.schema_editor() as editor:
        guards.install(None, editor)
        guards.install(None, editor)
    assert guards.missing(connection) == []
