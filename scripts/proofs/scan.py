"""``make scan``: an independent scanner attacks the demonstration, served as in production, as each role.

The scanner is wapiti3, in a virtual environment of its own (.venv-scan), at an exact version. It sees a throwaway
copy of the demonstration on this machine, over TLS, and nothing else: what its attacks would have the site fetch
(SSRF, XXE) points to a listener of this script, where any visit is a finding. Bounded in pages and in time.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audit import site

from proofs import report, tools

ROOT = report.ROOT
FOLDER = report.FOLDER / "scan"
TOOLS = ROOT / ".venv-scan"
WAPITI, VERSION = "wapiti3", "3.2.3"
ROLES = ("anonymous", "applicant", "artist in residence", "juror", "structure", "coordinator", "administrator")
#: Every module that attacks a site like ours. Left out: those that look for other programs (cms, htp, wp_enum, nikto,
#: network_device, spring4shell, which takes any 400 for Java's…) and those that guess passwords or names from lists
#: (brute_login_form, buster).
MODULES = (
    "backup", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "https_redirect",
    "ldap", "methods", "permanentxss", "redirect", "shellshock", "sql", "ssrf", "timesql", "upload",
    "xss", "xxe",
)  # fmt: skip
#: What would end the scan: the way out, one's own password, the accounts themselves.
EXCLUDED = (
    "/compte/deconnexion/", "/coordination/logout/", "/compte/mot-de-passe/.*", "/compte/sessions/",
    "/compte/adresses/.*", "/compte/double-authentification/.*", "/coordination/accounts/.*", "/langue/",
)  # fmt: skip
LEVELS = ("information", "low", "medium", "high", "critical")
MEDIUM = 2
#: Findings that are none: category, the scanner's words, the addresses, and why. Nothing else is left out.
FALSE: tuple[tuple[str, str, str, str], ...] = (
    (
        "Cross Site Request Forgery",
        "Lack of anti CSRF token",
        r"/actualites/abonnement/|/appels/[\w-]+/question/|/agenda/[\w-]+/inscription/",
        "Open to anyone, without a cookie: where the browser says that the form comes from protects it "
        "(clea.ui.recovery.open_form), and a test sends it from another site.",
    ),
)


@dataclass
class Scan:
    """What one role's scan found."""

    role: str
    seconds: float
    pages: int
    findings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def serious(self) -> list[dict[str, Any]]:
        return [one for one in self.findings if one["level"] >= MEDIUM and not excused(one)]


def excused(finding: dict[str, Any]) -> str:
    """Why this finding is none, or nothing."""
    for category, words, addresses, why in FALSE:
        if (
            finding["category"] == category
            and words in finding["info"]
            and re.fullmatch(addresses, urlsplit(finding["path"]).path)
        ):
            return why
    return ""


@contextmanager
def served(folder: Path, port: int) -> Iterator[str]:
    """The site's address, over TLS, while gunicorn serves it as production does."""
    certificate, key = folder / "tls.pem", folder / "tls.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=localhost", "-days", "2", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)
    log = FOLDER / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "clea.wsgi:application", "--bind", f"127.0.0.1:{port}",
                "--certfile", str(certificate), "--keyfile", str(key),
                "--workers", "2", "--threads", "4", "--timeout", "120", "--log-level", "warning",
            ],
            cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
        try:
            limit = time.monotonic() + site.READY_WITHIN
            while not listens(port):
                if server.poll() is not None or time.monotonic() > limit:
                    raise SystemExit(f"The site did not start; see {log}.")
                time.sleep(0.2)
            yield f"https://localhost:{port}/"
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False


class Listener(BaseHTTPRequestHandler):
    """Where the attacks would send the site. The scanner itself asks ``get_*.php`` what came."""

    visits: list[str] = []

    def do_GET(self) -> None:
        if "/get_" not in self.path:
            self.visits.append(self.path)
        content = b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def listener() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


def scan(address: str, role: str, cookie: str, trap: str, options: argparse.Namespace) -> Scan:
    """One role's scan, and what its report says."""
    store = Path(tempfile.mkdtemp(prefix="clea-scan-"))
    output = FOLDER / f"{role.replace(' ', '-')}.json"
    output.unlink(missing_ok=True)
    command = [
        str(TOOLS / "bin" / "wapiti"), "--url", address, "--scope", "folder", "--module", ",".join(MODULES),
        "--depth", "8", "--max-links-per-page", "60", "--max-files-per-dir", str(options.pages),
        "--max-scan-time", str(options.crawl), "--max-attack-time", str(options.attack), "--scan-force", "normal",
        "--tasks", "4", "--timeout", "20", "--endpoint", trap, "--verify-ssl", "0", "--no-bugreport",
        "--store-session", str(store), "--store-config", str(store), "--flush-session", "--verbose", "1",
        "--format", "json", "--output", str(output),
    ]  # fmt: skip
    for path in EXCLUDED:
        command += ["--exclude", f"{address.rstrip('/')}{path}".replace(".*", "*")]
    if cookie:
        command += ["--cookie-value", cookie]
    started = time.monotonic()
    log = output.with_suffix(".log")
    try:
        with log.open("wb") as said:
            # The scanner bounds itself; this is for the day it would not.
            bound = options.crawl + options.attack * len(MODULES) + 300
            subprocess.run(command, stdout=said, stderr=said, timeout=bound, check=False, env=environment(store))
    finally:
        shutil.rmtree(store, ignore_errors=True)
    if not output.exists():
        raise SystemExit(f"The scanner gave no report as {role}; see {log}.")
    found = json.loads(output.read_text(encoding="utf-8"))
    findings = [
        {
            "role": role,
            "category": category,
            **{key: one.get(key) for key in ("method", "path", "info", "level", "parameter", "module")},
        }
        for group in ("vulnerabilities", "anomalies")
        for category, several in found[group].items()
        for one in several
    ]
    return Scan(role, time.monotonic() - started, int(found["infos"].get("crawled_pages_nbr", 0)), findings)


def environment(home: Path) -> dict[str, str]:
    """The scanner needs nothing of ours, and no proxy to reach this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "NO_PROXY": "localhost,127.0.0.1"}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make scan", description=__doc__)
    parser.add_argument("--role", action="append", choices=ROLES, help="only this role; may be repeated")
    parser.add_argument("--crawl", type=int, default=120, help="seconds to look for pages, a role")
    parser.add_argument("--attack", type=int, default=60, help="seconds for each module, a role")
    parser.add_argument("--pages", type=int, default=25, help="pages of one folder")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="a demonstration of this version, already made: copied")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # It brings a proxy, a web server and a hundred packages that the project must not see.
    tools.install(TOOLS, WAPITI, VERSION)
    roles = options.role or list(ROLES)
    port = options.port or site.free_port()
    scans = []
    with tempfile.TemporaryDirectory(prefix="clea-scan-") as name, listener() as trap:
        folder = Path(name) / "var"
        if options.folder:
            shutil.copytree(options.folder, folder)
        else:
            print("Making the demonstration ...", flush=True)
            folder.mkdir()
            site.build(folder)
        site.as_production(folder, port)
        os.environ |= {
            "SECURE_SSL_REDIRECT": "true",
            "SECURE_HSTS_SECONDS": "31536000",
            "SITE_URL": f"https://localhost:{port}",
        }
        import django

        django.setup()
        from django.conf import settings

        sessions = site.sessions()
        with served(folder, port) as address:
            for role in roles:
                cookie = f"{settings.SESSION_COOKIE_NAME}={sessions[role]}" if role in sessions else ""
                one = scan(address, role, cookie, trap, options)
                scans.append(one)
                print(f"  {role}: {one.pages} pages, {one.seconds:.0f} s, {said(one.findings)}", flush=True)
    return told(scans, whole=options.role is None)


def said(findings: list[dict[str, Any]]) -> str:
    levels = Counter(LEVELS[one["level"]] for one in findings)
    return ", ".join(f"{count} {level}" for level, count in sorted(levels.items())) or "no finding"


def told(scans: list[Scan], *, whole: bool) -> int:
    """Print what is serious, keep the figures of a whole scan; 1 when something was found."""
    serious = [finding for one in scans for finding in one.serious]
    for one in serious:
        where = f"{one['method']} {one['path']}, as {one['role']}"
        print(f"{LEVELS[one['level']]}: {one['category']}: {one['info']} ({where})")
    for path in Listener.visits:
        print(f"critical: the site went where an attack sent it: {path}")
    lower = Counter(f"{one['category']} ({LEVELS[one['level']]})" for scan in scans for one in scan.findings)
    for what, count in sorted(lower.items()):
        print(f"  {count} × {what}")
    if whole:
        figures: list[tuple[str, Any]] = [
            ("scanner", f"{WAPITI} {VERSION}, {len(MODULES)} modules"),
            ("roles", len(scans)),
            ("pages and forms found", sum(one.pages for one in scans)),
            ("duration", f"{sum(one.seconds for one in scans) / 60:.0f} min"),
            ("findings of medium or above", len(serious)),
            ("visits of the site to an address of the attacks", len(Listener.visits)),
            ("findings below", sum(lower.values()) - len(serious)),
            ("false ones, told why in the script", sum(bool(excused(one)) for scan in scans for one in scan.findings)),
        ]
        report.write("scan", "A scanner, as each role", "make scan", figures)
    return 1 if serious or Listener.visits else 0


if __name__ == "__main__":
    sys.exit(main())
