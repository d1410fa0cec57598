"""Take the README's pictures: the demonstration, in Debian's Chromium, written as docs/pictures/*.webp.

A demonstration of its own is built in a temporary folder and served for the time of the pictures.
"""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
HEAVIEST = 150_000  # bytes
WIDTH, HEIGHT = 1280, 860
READY_WITHIN = 180  # seconds: the demonstration is built first
# Name of the picture, who looks, what they look at.
PICTURES = (
    ("call", "", "open_call"),
    ("dossier", "artiste2@demo.test", "dossier"),
    ("desk", "coordination@demo.test", "desk"),
    ("bilan", "", "bilan"),
    ("payments", "coordination@demo.test", "payments"),
)


def addresses() -> dict[str, str]:
    """Where each subject is, in the demonstration just built."""
    from django.urls import reverse

    from candidatures.models import Application, Call, Season
    from residencies.models import Bilan

    application = Application.objects.filter(owner__email="artiste2@demo.test").latest("created_at")
    return {
        "open_call": Call.objects.latest("opens_at").get_absolute_url(),
        "dossier": reverse("applications:detail", kwargs={"uuid": application.uuid}),
        "desk": reverse("admin:index"),
        "bilan": Bilan.objects.published().latest("season__starts_on").get_absolute_url(),
        "payments": reverse("admin:residencies_season_payments", args=[Season.objects.get(name="2026-2027").uuid]),
    }


def session_of(email: str) -> str:
    """A session of this person, as signing in makes one."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def take(browser: Browser, site: str, name: str, email: str, path: str) -> None:
    context = browser.new_context(
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="light",
        reduced_motion="reduce",
    )
    if email:
        context.add_cookies([{"name": "sessionid", "value": session_of(email), "url": site}])
    page = context.new_page()
    page.goto(f"{site}{path}", wait_until="networkidle")
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    target = FOLDER / f"{name}.webp"
    for quality in (85, 70, 55, 40):
        picture.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= HEAVIEST:
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1000} kB")
            return
    raise SystemExit(f"{name} is heavier than {HEAVIEST} bytes.")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="clea-pictures-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        os.environ.update(
            DEBUG="true",
            VAR_DIR=folder,
            DATABASE_URL=f"sqlite:///{folder}/pictures.sqlite3",
            EMAIL_URL="dummymail://",
            HOST="127.0.0.1",
            PORT=str(port),
            DJANGO_SETTINGS_MODULE="clea.settings",
            DJANGO_ALLOW_ASYNC_UNSAFE="true",  # Playwright's loop runs in this thread
        )
        server = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "serve.py")])
        try:
            site = f"http://127.0.0.1:{port}"
            limit = time.monotonic() + READY_WITHIN
            while True:
                try:
                    urllib.request.urlopen(f"{site}/sante/", timeout=5).close()  # noqa: S310 - our own address
                    break
                except OSError:
                    if server.poll() is not None or time.monotonic() > limit:
                        raise SystemExit("The demonstration did not start.") from None
                    time.sleep(0.5)
            sys.path.insert(0, str(ROOT))
            import django

            django.setup()
            FOLDER.mkdir(parents=True, exist_ok=True)
            paths = addresses()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=["--no-sandbox"]
                )
                for name, email, subject in PICTURES:
                    take(browser, site, name, email, paths[subject])
                browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
