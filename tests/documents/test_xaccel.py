"""Debian's nginx, on the sample that we give, sends the bytes of who may have them and of nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clea.documents import access
from clea.documents.access import Grant
from clea.journal.models import Entry
from tests.documents.nginx import LOCATION, Proxy, nginx
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory


@pytest.fixture
def proxy(tmp_path: Path, live_server: LiveServer, settings: Settings, private_folder: Path) -> Iterator[Proxy]:
    settings.X_ACCEL_LOCATION = LOCATION
    settings.FILE_UPLOAD_PERMISSIONS, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750
    # The live server of the tests would send what lies in MEDIA_ROOT by itself, to anybody: production does not.
    handler = live_server.thread.httpd.get_app()
    live_server.thread.httpd.set_app(WSGIHandler())
    with nginx(tmp_path, [live_server.url.partition("//")[2]], private_folder) as running:
        yield running
    live_server.thread.httpd.set_app(handler)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_resolver")
def test_nginx_sends_what_we_allow_with_our_headers_and_nothing_else(proxy: Proxy, client: Client) -> None:
    reader, kept, other = UserFactory.create(), StoredFileFactory.create(), StoredFileFactory.create()
    access.register(lambda user, file: Grant("Dossier.pdf") if (user, file) == (reader, kept) else None)
    client.force_login(reader)
    name = django_settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client.cookies[name].value}"
    address = reverse("documents:file", args=[kept.uuid])
    with kept.file.open("rb") as file:
        whole = file.read()

    ours = client.get(address)
    assert (ours.content, ours["X-Accel-Redirect"]) == (b"", f"{LOCATION}{kept.file.name}")
    status, headers, sent = proxy.get(address, cookie=cookie)
    assert (status, sent, headers["Content-Length"]) == (200, whole, str(len(whole)))
    assert headers["X-Accel-Redirect"] is None
    for header in (
        "Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control",
        "X-Frame-Options", "Cross-Origin-Resource-Policy", "ETag", "Referrer-Policy", "Cross-Origin-Opener-Policy",
    ):  # fmt: skip
        assert headers[header] == ours[header], header
    assert headers["ETag"] == f'"{kept.sha256}"'

    for asked, expected in (("bytes=10-19", whole[10:20]), ("bytes=-5", whole[-5:])):
        status, headers, sent = proxy.get(address, cookie=cookie, range=asked)
        assert (status, sent) == (206, expected)
    assert headers["Content-Range"] == f"bytes {len(whole) - 5}-{len(whole) - 1}/{len(whole)}"
    assert headers["Content-Security-Policy"] == ours["Content-Security-Policy"]
    assert proxy.get(address, cookie=cookie, range="bytes=0-9", if_range='"other"')[0] == 200
    assert proxy.get(address, cookie=cookie, range="bytes=0-9", if_range=ours["ETag"])[0] == 206
    assert proxy.get(address, cookie=cookie, if_none_match=ours["ETag"])[::2] == (304, b"")
    assert Entry.objects.filter(verb="file.read").count() == 1

    # No way around: a stranger, another's file, the inside asked for by name, a climb out of it.
    assert proxy.get(address)[0] == 302
    for path in (
        reverse("documents:file", args=[other.uuid]), reverse("documents:file", args=[uuid.uuid4()]),
        f"{LOCATION}{kept.file.name}", f"{LOCATION}../{kept.file.name}", f"{LOCATION}..%2f{kept.file.name}",
            f"/x/..{LOCATION}{kept.file.name}",
        f"{LOCATION.replace('f', '%66', 1)}{kept.file.name}",
    ):  # fmt: skip
        status, _headers, sent = proxy.get(path, cookie=cookie, x_accel_redirect=f"{LOCATION}{kept.file.name}")
        assert (status, whole in sent) == (404, False), path
    default_storage.delete(str(kept.file.name))
    assert proxy.get(address, cookie=cookie)[0] == 404
    status, headers, _sent = proxy.get(f"{proxy.plain}/aide/?a=1")
    assert (status, headers["Location"]) == (301, "https://127.0.0.1/aide/?a=1")


@pytest.mark.django_db
@pytest.mark.usefixtures("no_resolver")
def test_a_copy_made_for_the_jury_still_comes_from_us(settings: Settings, client: Client) -> None:
    settings.X_ACCEL_LOCATION = LOCATION
    access.register(lambda user, file: Grant("Dossier.pdf", cleaned=True))
    client.force_login(UserFactory.create())
    answer = client.get(reverse("documents:file", args=[StoredFileFactory.create().uuid]))
    assert b"".join(answer).startswith(b"%PDF-")
    assert "X-Accel-Redirect" not in answer
