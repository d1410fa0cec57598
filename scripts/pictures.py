"""Take the pictures of the README and of the guides: the demonstration, in Debian's Chromium, written as
docs/pictures/*.webp.

A demonstration of its own is built in a temporary folder and served for the time of the pictures. With
``--site http://127.0.0.1:8000`` a running one is looked at instead, whose database the environment names
(``DEBUG``, ``VAR_DIR``, ``DATABASE_URL``, or ``.env``). ``--only call desk`` takes those alone.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
HEAVIEST = 150_000  # bytes
SCREEN = (1280, 860)
PHONE = (390, 780)
GAP, GROUND = 30, "#d9d9d3"  # between two phones, and behind them
ABOVE = 30  # what is seen above the place a picture begins on
READY_WITHIN = 300  # seconds: the demonstration is built first
# Debian's Chromium alone speaks English: what a French browser writes in the fields of dates.
DATES_IN_FRENCH = """() => document.querySelectorAll("input[type=date]").forEach(field => {
    const value = field.value.split("-").reverse().join("/");
    field.type = "text";
    field.value = value || "jj/mm/aaaa";
})"""


@dataclass(frozen=True)
class View:
    """A page as one person sees it. ``at``: what the picture begins on; without it, the top of the page."""

    subject: str
    who: str = ""
    at: str = ""


#: One view is a computer's screen, two are two phones side by side.
PICTURES: dict[str, tuple[View, ...]] = {
    # The README's; the guides show some of them too.
    "call": (View("open_call"),),
    "dossier": (View("dossier", "artiste2"),),
    "desk": (View("desk", "coordination"),),
    "bilan": (View("bilan"),),
    "payments": (View("payments", "coordination"),),
    # The artist's guide.
    "artiste-budget": (View("budget", "artiste3"),),
    "artiste-verifier": (View("review", "artiste3"),),
    "artiste-residence": (View("studio", "briquet"),),
    "artiste-telephone": (View("confirm", "briquet"), View("activity", "briquet")),
    "artiste-voyage": (View("trip", at="h2"),),
    # The jury's.
    "jury-espace": (View("jury", "jure1"),),
    "jury-lecture": (View("reading", "jure1"),),
    "jury-classement": (View("jury_ranking", "jure1"),),
    # The structures'.
    "structure-espace": (View("team", "structure1"),),
    "structure-souhait": (View("wish", "structure1"),),
    "structure-telephone": (View("team", "structure1"), View("team_event", "structure1")),
    # The coordination's.
    "coordination-candidatures": (View("applications", "coordination"),),
    "coordination-classement": (View("ranking", "coordination"),),
    "coordination-calendrier": (View("season_calendar", "coordination"),),
    "coordination-couverture": (View("season_coverage", "coordination", at="h2:has-text('communes')"),),
    # Everyone's.
    "public-territoire": (View("territory", at="h2"),),
    "public-agenda": (View("agenda"),),
    "public-facile": (View("home"), View("plain")),
}


@dataclass(frozen=True)
class Subject:
    """Where a page is, and who sees it when the picture names nobody."""

    path: str
    email: str = ""


def subjects() -> dict[str, Subject]:
    """Where each subject is, in the demonstration looked at."""
    from django.urls import reverse

    from candidatures.enums import ReviewState
    from candidatures.models import Application, Call, Jury, Review, Season
    from residencies.models import Bilan, Event, Residency, TripClaim
    from residencies.selectors import confirmations
    from structures.models import Professional

    season = Season.objects.get(name="2026-2027")
    open_call = Call.objects.latest("opens_at")
    reading = Jury.objects.latest("call__closes_at")
    chosen = Jury.objects.get(call__slug="clea-2026-2027")
    draft = Review.objects.filter(juror__jury=reading, juror__user__email="jure1@demo.test", state=ReviewState.DRAFT)
    residency = Residency.objects.get(season=season, artists__user__email="briquet@demo.test")
    (to_say, *_) = confirmations.to_confirm_of_residency(residency)
    place = Professional.objects.filter(email="structure1@demo.test").latest("pk").structure
    event = Event.objects.get(slug="la-27e-heure")
    trip = TripClaim.objects.filter(payment__residency__season=season, mode="car").latest("out_on")
    travelling = Residency.objects.get(payments=trip.payment)
    driver = travelling.artists.exclude(user=None).values_list("user__email", flat=True)[0]

    def application(email: str) -> Application:
        return Application.objects.filter(owner__email=email).latest("created_at")

    def studio(name: str, **more: object) -> str:
        return reverse(f"studio:{name}", kwargs={"uuid": residency.uuid, **more})

    def team(name: str) -> str:
        return reverse(f"team:{name}", args=[place.uuid])

    def of_season(name: str) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[season.uuid])

    ready = application("artiste3@demo.test").uuid
    paths = {
        "home": reverse("home"),
        "open_call": open_call.get_absolute_url(),
        "plain": reverse("calls:plain", args=[open_call.slug]),
        "agenda": reverse("residencies:agenda"),
        "territory": reverse("territory:index"),
        "bilan": Bilan.objects.published().latest("season__starts_on").get_absolute_url(),
        "dossier": reverse("applications:detail", args=[application("artiste2@demo.test").uuid]),
        "budget": reverse("applications:section", args=[ready, "budget"]),
        "review": reverse("applications:review", args=[ready]),
        "studio": studio("home"),
        "confirm": studio("confirm", session=to_say.uuid),
        "activity": studio("activity", key=to_say.activity.uuid),
        "jury": reverse("jury:desk", args=[reading.call.slug]),
        "reading": reverse("jury:dossier", args=[reading.call.slug, draft.latest("pk").application.uuid]),
        "jury_ranking": reverse("jury:ranking", args=[chosen.call.slug]),
        "team": team("home"),
        "wish": team("request_add"),
        "team_event": reverse("team:event", args=[place.uuid, event.uuid]),
        "desk": reverse("admin:index"),
        "applications": reverse("admin:candidatures_application_changelist"),
        "ranking": reverse("admin:candidatures_jury_ranking", args=[chosen.uuid]),
        "season_calendar": of_season("calendar"),
        "season_coverage": of_season("coverage"),
        "payments": of_season("payments"),
    }
    found = {name: Subject(path) for name, path in paths.items()}
    trip_path = reverse("studio:trip", args=[travelling.uuid, trip.payment.uuid])
    return {**found, "trip": Subject(trip_path, driver)}


@cache
def session_of(email: str) -> str:
    """A session of this person, as signing in makes one."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=email), backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def seen(browser: Browser, site: str, view: View, subject: Subject, size: tuple[int, int]) -> Image.Image:
    """What the person has on the screen."""
    context = browser.new_context(
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": size[0], "height": size[1]},
        color_scheme="light",
        reduced_motion="reduce",
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
    )
    if email := f"{view.who}@demo.test" if view.who else subject.email:
        context.add_cookies([{"name": "sessionid", "value": session_of(email), "url": site}])
    page = context.new_page()
    answer = page.goto(f"{site}{subject.path}", wait_until="networkidle")
    if answer is None or answer.status != 200:
        raise SystemExit(f"{subject.path} answered {answer.status if answer else 'nothing'}.")
    page.evaluate(DATES_IN_FRENCH)
    if view.at:
        page.locator(view.at).first.evaluate("node => node.scrollIntoView()")
        page.mouse.wheel(0, -ABOVE)
        page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return picture.convert("RGB")


def side_by_side(phones: list[Image.Image]) -> Image.Image:
    width = sum(phone.width for phone in phones) + GAP * (len(phones) + 1)
    picture = Image.new("RGB", (width, max(phone.height for phone in phones) + 2 * GAP), GROUND)
    left = GAP
    for phone in phones:
        picture.paste(phone, (left, GAP))
        left += phone.width + GAP
    return picture


def write(name: str, picture: Image.Image) -> int:
    target = FOLDER / f"{name}.webp"
    for quality in (82, 70, 55, 40):
        picture.save(target, "WEBP", quality=quality, method=6)
        weight = target.stat().st_size
        if weight <= HEAVIEST:
            print(f"{target.relative_to(ROOT)}: {weight // 1000} kB")
            return weight
    raise SystemExit(f"{name} is heavier than {HEAVIEST} bytes.")


@contextmanager
def demonstration() -> Iterator[str]:
    """Build one in a temporary folder, serve it, give its address."""
    with tempfile.TemporaryDirectory(prefix="clea-pictures-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        os.environ.update(
            DEBUG="true",
            VAR_DIR=folder,
            DATABASE_URL=f"sqlite:///{folder}/pictures.sqlite3",
            EMAIL_URL="dummymail://",
            HOST="127.0.0.1",
            PORT=str(port),
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
            yield site
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", help="the address of a demonstration that runs already")
    parser.add_argument("--only", nargs="+", choices=PICTURES, metavar="NAME", help="these pictures alone")
    options = parser.parse_args()
    with nullcontext(options.site.rstrip("/")) if options.site else demonstration() as site:
        sys.path.insert(0, str(ROOT))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
        import django

        django.setup()
        FOLDER.mkdir(parents=True, exist_ok=True)
        known = subjects()
        weight = 0
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
                args=["--no-sandbox"],
            )
            for name in options.only or PICTURES:
                size = SCREEN if len(PICTURES[name]) == 1 else PHONE
                shots = [seen(browser, site, view, known[view.subject], size) for view in PICTURES[name]]
                weight += write(name, shots[0] if len(shots) == 1 else side_by_side(shots))
            browser.close()
    print(f"{weight / 1_000_000:.1f} MB in all.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
