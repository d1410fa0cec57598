"""Debian's nginx, on the sample that we give, sends the bytes of who may have them and of nobody else."""

from __future__ import annotations

import datetime
import os
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
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
from tests.documents.objects import free_port
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory

SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
LOCATION = "/fichiers-internes/"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@dataclass
class Proxy:
    plain: str
    address: str

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPSHandler(context=context)
        )
        base = path if path.startswith("http") else self.address + path
        request = urllib.request.Request(base, headers={key.replace("_", "-"): value for key, value in headers.items()})
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()


def certificate(folder: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "t")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    (folder / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(plain)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def proxy(tmp_path: Path, live_server: LiveServer, settings: Settings, private_folder: Path) -> Iterator[Proxy]:
    settings.X_ACCEL_LOCATION = LOCATION
    settings.FILE_UPLOAD_PERMISSIONS, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750
    # The live server of the tests would send what lies in MEDIA_ROOT by itself, to anybody: production does not.
    handler = live_server.thread.httpd.get_app()
    live_server.thread.httpd.set_app(WSGIHandler())
    plain, secure = free_port(), free_port()
    cert, key = certificate(tmp_path)
    sample = SAMPLE.read_text()
    for found, ours in (
        ("server 127.0.0.1:8000;", f"server {live_server.url.partition('//')[2]};"),
        ("/etc/letsencrypt/live/clea.example.org/fullchain.pem", str(cert)),
        ("/etc/letsencrypt/live/clea.example.org/privkey.pem", str(key)),
        ("/var/lib/clea/files/", f"{private_folder}/"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
    ):
        assert sample.count(found) == 1, found
        sample = sample.replace(found, ours)
    (tmp_path / "site.conf").write_text(re.sub(r"\n +listen \[::\]:[^\n]+", "", sample))
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {tmp_path}/pid; error_log {tmp_path}/error.log;"
        f"events {{}} http {{ default_type application/octet-stream; {temporary} include {tmp_path}/site.conf; }}"
    )
    process = subprocess.Popen(
        ["/usr/sbin/nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    )
    try:
        limit = time.monotonic() + 20
        while not (tmp_path / "pid").exists():
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            assert time.monotonic() < limit, (tmp_path / "error.log").read_text()
            time.sleep(0.02)
        yield Proxy(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}")
    finally:
        process.terminate()
        process.wait()
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
    assert b"".join(answer).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert "X-Accel-Redirect" not in answer
