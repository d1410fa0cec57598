"""A folder and an object store behave the same, and neither loses nor tears anything."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from candidatures.reports import archive
from candidatures.services import assembly
from clea.documents import access, object_storage, storage_url
from clea.documents import services as documents
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.errors import Unavailable
from tests import pdfs
from tests.documents.objects import free_port, object_store
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory
from tests.factories.documents import StoredFileFactory

MB = 1024 * 1024


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with object_store(per_page=3) as address:
        yield address


def use(settings: Settings, url: str, folder: Path) -> None:
    settings.MEDIA_ROOT, described = storage_url.parse(url, default=folder)
    settings.STORAGES = settings.STORAGES | {"default": described}


@pytest.fixture(params=["folder", "objects"])
def anywhere(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> str:
    """Each test runs on both, in a place of its own."""
    url = f"file://{tmp_path}/kept" if request.param == "folder" else _own(request.getfixturevalue("store"))
    use(settings, url, tmp_path)
    return str(request.param)


@pytest.fixture
def objects(store: str, settings: Settings, tmp_path: Path) -> object_storage.ObjectStorage:
    use(settings, _own(store), tmp_path)
    found = default_storage._wrapped if default_storage.answers() else None  # type: ignore[attr-defined]
    assert isinstance(found, object_storage.ObjectStorage)
    return found


def _own(store: str) -> str:
    return f"{store}&prefix=essai/{uuid.uuid4().hex[:8]}"


def take(data: bytes) -> StoredFile:
    return documents.intake_pdf(
        by=UserFactory.create(), upload=SimpleUploadedFile("CV.pdf", data), max_bytes=20 * MB, max_pages=40
    )


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def reader(client: Client, no_resolver: None) -> Client:
    access.register(lambda user, stored_file: Grant("CV.pdf"))
    client.force_login(UserFactory.create())
    return client


# The same on both ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_piece_goes_in_whole_and_comes_out_whole_or_by_ranges(anywhere: str, reader: Client) -> None:
    data = pdfs.wrong_startxref()
    kept = take(data)
    with kept.original.open("rb") as first, kept.file.open("rb") as file:
        assert first.read() == data
        whole = file.read()
        file.seek(-7, os.SEEK_END)
        assert (file.read(), file.read()) == (whole[-7:], b"")
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (kept.size, kept.sha256)
    assert kept.file.size == kept.size
    with documents.local_path(kept) as path:
        assert path.read_bytes() == whole
    address = reverse("documents:file", args=[kept.uuid])
    answer = reader.get(address)
    assert (answer.status_code, body(answer), answer["Content-Length"]) == (200, whole, str(len(whole)))
    for asked, expected in (("bytes=10-19", whole[10:20]), ("bytes=100-", whole[100:]), ("bytes=-5", whole[-5:])):
        answer = reader.get(address, headers={"range": asked})
        assert (answer.status_code, body(answer)) == (206, expected)
    assert reader.get(address, headers={"range": "bytes=9999999-"}).status_code == 416
    assert body(reader.head(address)) == b""
    assert reader.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    default_storage.delete(str(kept.file.name))
    assert reader.get(address).status_code == 404
    with pytest.raises(NotImplementedError):
        kept.file.url  # noqa: B018 - a private file has no address


@pytest.mark.django_db
def test_what_goes_leaves_nothing_and_only_what_no_row_names_is_cleaned(
    anywhere: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept = [StoredFileFactory.create() for _ in range(3)]
    lost = {default_storage.save(f"files/aa/{number}.pdf", ContentFile(b"x")) for number in range(4)}
    assert documents.remove_unowned_files(older_than=timedelta(hours=1)) == []
    assert set(documents.remove_unowned_files(older_than=timedelta(seconds=-5))) == lost
    assert not default_storage.exists("files/aa/3.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        documents.discard(kept[0])
        documents.discard(kept[0].__class__.objects.get(pk=kept[1].pk))
    assert [default_storage.exists(str(row.file.name)) for row in kept] == [False, False, True]
    with pytest.raises(FileNotFoundError), kept[0].file.open("rb") as file:
        file.read()


# Far away -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_dossiers_archives_and_pictures_are_made_from_what_is_kept_far_away(
    objects: object_storage.ObjectStorage,
) -> None:
    application = ApplicationFactory(submitted=True)
    whole = assembly.ensure(application.last_deposit_id)
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.stream([application])))) as opened:
        inside = {hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()}
    cv = application.last_deposit.pieces.get(code="cv")
    assert {whole.sha256, cv.sha256} <= inside
    drawn = io.BytesIO()
    Image.new("RGB", (60, 30), "teal").save(drawn, "PNG")
    sent = SimpleUploadedFile("a.png", drawn.getvalue())
    picture = documents.intake_image(by=None, upload=sent, max_bytes=MB, max_pixels=MB)
    small = documents.image_copy(picture.file, by=None, max_side=20)
    assert (small.width, small.height) == (20, 10)


def test_a_range_of_a_large_object_fetches_little_and_a_large_file_goes_in_parts(
    objects: object_storage.ObjectStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    events = objects.connection.meta.client.meta.events
    events.register("before-parameter-build.s3", lambda params, model, **kw: calls.append((model.name, params)))
    data = os.urandom(MB) * 17
    name = objects.save("files/zz/large.bin", ContentFile(data))
    assert [call for call, _params in calls] == [
        "HeadObject", "CreateMultipartUpload", "UploadPart", "UploadPart", "CompleteMultipartUpload",
    ]  # fmt: skip
    assert objects.save(name, ContentFile(b"other")) != name  # never written over
    calls.clear()
    with closing(objects.open(name)) as file:
        file.seek(9 * MB + 3)
        assert file.read(5) == data[9 * MB + 3 : 9 * MB + 8]
    assert [(call, params.get("Range")) for call, params in calls] == [
        ("HeadObject", None), ("GetObject", f"bytes={9 * MB + 3}-{9 * MB + 2 + object_storage.FIRST_WINDOW}"),
    ]  # fmt: skip
    calls.clear()
    with closing(objects.open(name)) as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(data).digest()
    assert len(calls) < 10


@pytest.mark.django_db
def test_a_store_that_is_away_refuses_politely_and_tears_nothing(
    settings: Settings, tmp_path: Path, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, f"file://{tmp_path}/kept", tmp_path)
    kept = StoredFileFactory.create()
    use(settings, f"s3://key:secret@127.0.0.1:{free_port()}/clea?ssl=false", tmp_path)
    with pytest.raises(documents.PieceRefused, match="Réessayez dans quelques minutes") as refused:
        take(pdfs.sound())
    assert refused.value.code == "unavailable"
    assert StoredFile.objects.count() == 1
    reader.raise_request_exception = False
    answer = reader.get(reverse("documents:file", args=[kept.uuid]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "600")
    assert reader.get("/sante/pret/").json()["checks"] == {"database": True, "files": False}
    with pytest.raises(Unavailable):
        documents.remove_unowned_files(older_than=timedelta(0))


def test_a_bucket_that_is_not_there_is_a_store_that_is_away(store: str, settings: Settings, tmp_path: Path) -> None:
    use(settings, store.replace("/clea?", "/autre?"), tmp_path)
    assert not default_storage.answers()  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        default_storage.save("files/aa/x.pdf", ContentFile(b"x"))


# On a disk ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_bytes_are_on_the_disk_before_their_row(
    private_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not settings.FILES_FLUSHED  # in the demonstration and the other tests
    settings.FILES_FLUSHED = True
    done: list[str] = []
    flush, insert = os.fsync, StoredFile.save

    def flushed(handle: int) -> None:
        done.append(Path(os.readlink(f"/proc/self/fd/{handle}")).suffix or "folder")
        flush(handle)

    def saved(row: StoredFile, **options: Any) -> None:
        done.append("row")
        insert(row, **options)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(StoredFile, "save", saved)
    StoredFileFactory.create()
    # The folders that were made, the file under its passing name, the folder that holds it, then the row.
    assert done == ["folder", "folder", "folder", ".part", "folder", "row"]


@pytest.mark.django_db
def test_a_full_disk_refuses_politely_and_leaves_nothing(
    private_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_FLUSHED = True

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(documents.PieceRefused, match="n'a plus de place"):
        take(pdfs.sound())
    assert not StoredFile.objects.exists()
    assert [path for path in private_folder.rglob("*") if path.is_file()] == []


# The variable -------------------------------------------------------------------------------------


def test_the_address_of_a_store_is_read_whole(tmp_path: Path) -> None:
    assert storage_url.parse("", default=tmp_path) == (tmp_path, {"BACKEND": storage_url.LOCAL})
    assert storage_url.parse("file:///srv/a%20b", default=tmp_path)[0] == Path("/srv/a b")
    url = "s3://clé:a%2Fb%2Bc@objets.example.org:9000/clea?region=fr-1&ssl=false&prefix=/lens/&addressing=virtual"
    assert storage_url.parse(url, default=tmp_path)[1]["OPTIONS"] == {
        "access_key": "clé",
        "secret_key": "a/b+c",
        "endpoint_url": "http://objets.example.org:9000",
        "bucket_name": "clea",
        "region_name": "fr-1",
        "location": "lens",
        "addressing_style": "virtual",
    }


@pytest.mark.parametrize(
    "url",
    [
        "file://relative", "file:///", "ftp://key:hush@host/b", "s3://host/bucket", "s3://key:hush@host",
        "s3://key:hu/sh@host/bucket", "s3://key:hush@host/bucket/more", "s3://key:hush@host/bucket?acl=public",
        "s3://key:hush@host/bucket?ssl=perhaps", "s3://key:hush@host:port/bucket",
    ],
)  # fmt: skip
def test_an_address_that_is_wrong_is_refused_and_its_secret_kept(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL must be") as refused:
        storage_url.parse(url, default=tmp_path)
    assert "hush" not in str(refused.value)
