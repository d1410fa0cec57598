"""One door for private files: closed unless someone vouches, and it remembers who went through."""

from __future__ import annotations

import datetime
import io
import re
import uuid
from typing import Any

import pikepdf
import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clea.accounts.models import User
from clea.documents import access
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.journal.models import Entry
from tests import pdfs
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_resolver")]


def address(stored_file: StoredFile) -> str:
    return reverse("documents:file", args=[stored_file.uuid])


def vouch(**options: object) -> None:
    access.register(lambda user, stored_file: Grant(**{"filename": "Dossier d'Élise.pdf"} | options))  # type: ignore[arg-type]


def body(response: Any) -> bytes:
    """All that was sent; read to the end, a streamed answer closes its file."""
    return b"".join(response) if response.streaming else response.content


def content(stored_file: StoredFile) -> bytes:
    with stored_file.file.open("rb") as file:
        return file.read()


def readings() -> list[Entry]:
    return list(Entry.objects.filter(verb="file.read"))


@pytest.fixture
def reader(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


# Who may ------------------------------------------------------------------------------------------


def test_nobody_vouches_so_the_file_does_not_exist(client: Client, reader: User) -> None:
    kept = StoredFileFactory.create(by=reader)
    assert client.get(address(kept)).status_code == 404
    assert readings() == []


def test_an_unknown_file_and_a_forbidden_one_look_the_same(client: Client, reader: User) -> None:
    def look(place: str) -> tuple[int, str]:
        response = client.get(place)
        page = response.content.decode().replace(place, "here")
        return response.status_code, re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page)

    assert look(address(StoredFileFactory.create())) == look(reverse("documents:file", args=[uuid.uuid4()]))


def test_a_stranger_is_asked_to_sign_in_whether_the_file_exists_or_not(client: Client) -> None:
    for place in (address(StoredFileFactory.create()), reverse("documents:file", args=[uuid.uuid4()])):
        response = client.get(place)
        assert response.status_code == 302
        assert response["Location"].endswith(f"?next={place}")


def test_a_resolver_decides_for_one_person_and_one_file(client: Client, reader: User) -> None:
    mine, other = StoredFileFactory.create(), StoredFileFactory.create()
    access.register(lambda user, stored_file: None)
    access.register(lambda user, stored_file: Grant("mien.pdf") if (user, stored_file) == (reader, mine) else None)
    assert body(client.get(address(mine))) == content(mine)
    assert client.get(address(other)).status_code == 404
    client.force_login(UserFactory.create())
    assert client.get(address(mine)).status_code == 404


def test_a_resolver_counts_once_however_often_it_registers() -> None:
    def resolver(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
        return None

    access.register(resolver)
    access.register(resolver)
    access.unregister(resolver)
    assert access._resolvers == []


def test_a_file_granted_to_everybody_needs_no_account(client: Client) -> None:
    vouch()
    kept = StoredFileFactory.create()
    assert body(client.get(address(kept))) == content(kept)
    assert readings() == []


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_door_is_for_reading(method: str, client: Client, reader: User) -> None:
    vouch()
    assert getattr(client, method)(address(StoredFileFactory.create())).status_code == 405


# What is sent -------------------------------------------------------------------------------------


def test_the_whole_file_comes_with_its_name_its_type_and_its_walls(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    response = client.get(address(kept))
    assert body(response) == content(kept)
    assert response["Content-Length"] == str(kept.size)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''Dossier%20d%27%C3%89lise.pdf"
    assert response["ETag"] == f'"{kept.sha256}"'
    assert response["Accept-Ranges"] == "bytes"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_download_is_a_download(client: Client, reader: User) -> None:
    vouch(inline=False)
    response = client.get(address(StoredFileFactory.create()))
    assert body(response).startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/zip"])
def test_what_could_act_in_the_page_is_never_shown_in_it(content_type: str, client: Client, reader: User) -> None:
    vouch(inline=True)
    kept = StoredFileFactory.create(content=b"<script>alert(1)</script>", content_type=content_type)
    response = client.get(address(kept))
    assert body(response) == content(kept)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"].endswith("; sandbox")


def test_a_cleaned_reading_hides_the_author_and_keeps_the_file(client: Client, reader: User) -> None:
    vouch(cleaned=True)
    pdf = pdfs.document(2)
    pdf.docinfo["/Author"] = "Camille Martin"
    kept = StoredFileFactory.create(content=pdfs.write(pdf))
    first, second = client.get(address(kept)), client.get(address(kept))
    data = body(first)
    assert data == body(second)
    assert first["ETag"] == second["ETag"] != f'"{kept.sha256}"'
    assert first["Content-Length"] == str(len(data))
    with pikepdf.open(io.BytesIO(data)) as read:
        assert "/Info" not in read.trailer
    assert b"Camille" in content(kept)


def test_a_row_without_bytes_is_not_found_and_says_so_to_the_operator(
    client: Client, reader: User, caplog: pytest.LogCaptureFixture
) -> None:
    vouch()
    kept = StoredFileFactory.create()
    kept.file.storage.delete(str(kept.file.name))
    assert client.get(address(kept)).status_code == 404
    assert f"file {kept.uuid} has a row and no bytes" in caplog.text


# Ranges, HEAD, conditions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=-99999999", 0, None),
        ("bytes= 10 - 19", 10, 20),
    ],
)
def test_a_range_is_sent_alone(asked: str, start: int, stop: int | None, client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    whole = content(kept)
    response = client.get(address(kept), headers={"range": asked})
    assert response.status_code == 206
    assert body(response) == whole[start:stop]
    first, last, _ = slice(start, stop).indices(len(whole))
    assert response["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert response["Content-Length"] == str(last - first)


@pytest.mark.parametrize("asked", ["bytes=20-10", "bytes=0-1,5-6", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=--5"])
def test_a_range_that_means_nothing_gets_the_whole(asked: str, client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    response = client.get(address(kept), headers={"range": asked})
    assert (response.status_code, body(response)) == (200, content(kept))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_range_outside_of_the_file_is_refused_with_its_size(asked: str, client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    response = client.get(address(kept), headers={"range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{kept.size}")
    assert readings() == []


def test_a_range_of_another_version_gets_the_whole(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    other = client.get(address(kept), headers={"range": "bytes=0-9", "if-range": '"other"'})
    same = client.get(address(kept), headers={"range": "bytes=0-9", "if-range": f'"{kept.sha256}"'})
    assert (other.status_code, len(body(other))) == (200, kept.size)
    assert (same.status_code, len(body(same))) == (206, 10)


def test_head_says_all_and_sends_nothing(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    response = client.head(address(kept))
    assert (response.status_code, body(response)) == (200, b"")
    assert response["Content-Length"] == str(kept.size)
    assert response["ETag"] == f'"{kept.sha256}"'
    assert readings() == []


def test_what_the_reader_already_has_is_not_sent_again(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    response = client.get(address(kept), headers={"if-none-match": f'"{kept.sha256}"'})
    assert (response.status_code, body(response)) == (304, b"")


# The journal --------------------------------------------------------------------------------------


def test_a_reading_is_written_down_with_who_what_and_the_hash(client: Client, reader: User) -> None:
    vouch(journal_target=reader)
    kept = StoredFileFactory.create()
    body(client.get(address(kept)))
    (line,) = readings()
    assert line.actor.user_uuid == reader.uuid
    assert (line.target_type, line.target_id) == ("accounts.user", str(reader.uuid))
    assert line.data == {"file": str(kept.uuid), "sha256": kept.sha256}


def test_the_ranges_of_one_reading_are_one_line(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()
    with time_machine.travel(datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC), tick=False) as clock:
        for start in range(0, 50, 10):
            body(client.get(address(kept), headers={"range": f"bytes={start}-{start + 9}"}))
        assert len(readings()) == 1
        clock.shift(datetime.timedelta(minutes=9, seconds=59))
        body(client.get(address(kept)))
        assert len(readings()) == 1
        clock.shift(datetime.timedelta(seconds=2))
        body(client.get(address(kept)))
        assert len(readings()) == 2


def test_two_files_of_one_dossier_and_two_readers_are_lines_of_their_own(client: Client, reader: User) -> None:
    vouch(journal_target=reader)
    one, two = StoredFileFactory.create(), StoredFileFactory.create()
    body(client.get(address(one)))
    body(client.get(address(two)))
    client.force_login(UserFactory.create())
    body(client.get(address(one)))
    assert len(readings()) == 3


def test_a_range_after_the_first_costs_no_write(client: Client, reader: User) -> None:
    vouch()
    kept = StoredFileFactory.create()

    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            body(client.get(address(kept), headers={"range": "bytes=0-9"}))
        return [query["sql"].split()[0] for query in queries]

    cost()
    assert cost() == ["SELECT"] * 3
