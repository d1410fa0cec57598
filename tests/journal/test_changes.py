"""What moves the mark of everything public: any write, whatever words it is sent in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from candidatures.models import Application, Call
from clea.journal import changes
from clea.journal.models import ChainHead
from tests.factories.candidatures import ApplicationFactory, CallFactory


@pytest.mark.parametrize(
    "words",
    [
        'UPDATE "candidatures_call" SET "title" = %s',
        "update candidatures_call set title = ''",
        "\n  UPDATE candidatures_call SET title = ''",
        "/* repair */ UPDATE candidatures_call SET title = ''",
        'UPDATE ONLY "public"."candidatures_call" SET title = %s',
        'INSERT OR REPLACE INTO "candidatures_call" VALUES (1)',
        "REPLACE INTO candidatures_call VALUES (1)",
        'TRUNCATE "accounts_user", "candidatures_call"',
        "WITH old AS (SELECT 1) DELETE FROM candidatures_call",
        "MERGE INTO candidatures_call USING other ON true WHEN MATCHED THEN DELETE",
        'COPY "candidatures_call" FROM STDIN',
        'ALTER TABLE "candidatures_call" DROP COLUMN "title"',
        "update candidatures_application set artist_name = '', content_version = 2, call_id = 1",
        'DELETE FROM "documents_storedfile" WHERE true',
    ],
)
def test_whatever_may_change_a_page_is_seen(words: str) -> None:
    assert changes.is_seen(words)


@pytest.mark.parametrize(
    "words",
    [
        'SELECT "candidatures_call"."id" FROM "candidatures_call"',
        '(SELECT 1) UNION (SELECT "delete" FROM "candidatures_call")',
        "WITH RECURSIVE below AS (SELECT 1) SELECT * FROM below",
        'SAVEPOINT "s1"',
        'ROLLBACK TO SAVEPOINT "s1"',
        'RELEASE SAVEPOINT "s1"',
        "PRAGMA foreign_key_check",
        "SET CONSTRAINTS ALL IMMEDIATE",
        'INSERT INTO "journal_entry" ("seq") VALUES (%s)',
        "delete from django_session",
        'UPDATE "mail_outgoingmail" SET "state" = %s',
        'INSERT INTO "candidatures_application" ("id", "call_id") VALUES (%s, %s)',
        'UPDATE "candidatures_application" SET "sections" = %s, "content_version" = %s WHERE "id" = %s',
    ],
)
def test_what_only_reads_or_shows_the_public_nothing_is_not(words: str) -> None:
    assert not changes.is_seen(words)


def moved(act: Any) -> bool:
    before = changes.mark()
    act()
    return changes.mark() != before


@pytest.mark.django_db(transaction=True)
def test_every_way_to_write_moves_the_mark(db: None) -> None:
    call, dossier = CallFactory(), ApplicationFactory()
    ChainHead.objects.get_or_create(pk=1)
    changes._move()
    axis, kind = call.axes.model(call=call, title="Élan"), Call.objects.filter(pk=call.pk)

    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute("update candidatures_call set title = %s where id = %s", ["Autre", call.pk])

    def fail() -> None:
        raise RuntimeError

    def before_what_fails() -> None:
        with transaction.atomic():
            transaction.on_commit(fail)
            kind.update(title="Encore")

    def whatever_follows_the_commit() -> None:
        with pytest.raises(RuntimeError):
            before_what_fails()

    assert moved(lambda: kind.update(title="Un"))
    assert moved(by_hand)
    assert moved(axis.save)
    assert moved(lambda: Call.objects.bulk_update([call], ["title"]))
    assert moved(lambda: call.axes.bulk_create([call.axes.model(call=call, title="Deux")]))
    assert moved(lambda: call.axes.all().delete())
    assert moved(whatever_follows_the_commit)
    # A dossier written whole, by hand: its state and its name are in it.
    assert moved(Application.objects.get(pk=dossier.pk).save)
    assert not moved(lambda: list(Call.objects.all()))
