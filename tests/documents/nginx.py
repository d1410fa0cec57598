"""Debian's nginx, started on the sample that we give (deploy/nginx.conf), for one test or one proof."""

from __future__ import annotations

import datetime
import os
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.documents.objects import free_port

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


@contextmanager
def nginx(folder: Path, upstreams: Sequence[str], files: Path) -> Iterator[Proxy]:
    """nginx in front of ``upstreams`` (host:port), on ports of its own; all it writes is in ``folder``."""
    plain, secure = free_port(), free_port()
    cert, key = certificate(folder)
    sample = SAMPLE.read_text()
    servers = "".join(f"server {upstream} max_fails=2 fail_timeout=10s;" for upstream in upstreams)
    for found, ours in (
        ("server 127.0.0.1:8000;", servers),
        ("/etc/letsencrypt/live/clea.example.org/fullchain.pem", str(cert)),
        ("/etc/letsencrypt/live/clea.example.org/privkey.pem", str(key)),
        ("/var/lib/clea/files/", f"{files}/"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
    ):
        assert sample.count(found) == 1, found
        sample = sample.replace(found, ours)
    (folder / "site.conf").write_text(re.sub(r"\n +listen \[::\]:[^\n]+", "", sample))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user, log = "user root;" if os.getuid() == 0 else "", folder / "error.log"
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {log};"
        f"events {{}} http {{ default_type application/octet-stream; {temporary} include {folder}/site.conf; }}"
    )
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(log)])
    try:
        limit = time.monotonic() + 20
        while not (folder / "pid").exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.02)
        yield Proxy(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}")
    finally:
        process.terminate()
        process.wait()
