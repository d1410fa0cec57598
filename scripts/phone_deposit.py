"""File a dossier on a phone, from the home page to the acknowledgement, and count what it asks of a person.

The demonstration is built in a temporary folder and served as ``make run`` does; Chromium is a phone of
360 by 740 with a touch screen, on a slow 4G line, its processor four times slower. Writes the table of
docs/phone-deposit.md between its two marks.

What a human needs is estimated from what was counted, with the figures of ``HUMAN``; writing the letter,
the CV and the budget is not counted: they are ready, as a call asks.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "phone-deposit.md"
MARKS = "<!-- measured -->", "<!-- /measured -->"
SCREEN = {"width": 360, "height": 740}
READY_WITHIN = 240
CODE_WITHIN = 60
PERSON = "camille.passerelle@exemple.test"
#: Slow 4G, as browsers' own tools define it: bytes a second, milliseconds.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
SLOWER = 4
#: Seconds: a tap found and made, a character typed on glass, a word read, a paste, a file found, a code fetched.
HUMAN = {"tap": 1.5, "character": 0.35, "word": 0.15, "paste": 6.0, "file": 20.0, "code": 30.0}
#: Words of a page that a person reads at most before acting: the rest is skimmed.
READ_AT_MOST = 250


@dataclass
class Step:
    """What one page asked for."""

    title: str
    taps: int = 0
    fields: int = 0
    characters: int = 0
    pastes: int = 0
    files: int = 0
    codes: int = 0
    words: int = 0
    machine: float = 0.0
    screens: float = 0.0

    @property
    def human(self) -> float:
        return (
            self.taps * HUMAN["tap"]
            + self.characters * HUMAN["character"]
            + min(self.words, READ_AT_MOST) * HUMAN["word"]
            + self.pastes * HUMAN["paste"]
            + self.files * HUMAN["file"]
            + self.codes * HUMAN["code"]
        )


@dataclass
class Phone:
    """A thumb, counted."""

    page: Page
    mails: Path
    pictures: Path | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def step(self) -> Step:
        return self.steps[-1]

    def look(self) -> None:
        """A new page is there: what it holds, how many screens it is."""
        seen = self.page.evaluate(
            "() => [document.querySelector('h1').innerText,"
            " document.querySelector('main').innerText.split(/\\s+/).length,"
            " document.documentElement.scrollHeight / innerHeight,"
            " document.documentElement.scrollWidth]"
        )
        title, words, screens, width = seen
        self.steps.append(Step(" ".join(title.split()), words=words, screens=screens))
        if width > SCREEN["width"]:
            raise SystemExit(f"{title}: {width} px wide on a screen of {SCREEN['width']}.")
        if self.pictures is not None:
            self.page.screenshot(path=self.pictures / f"{len(self.steps):02d}.png")

    def go(self, what: Locator) -> None:
        """Tap what leads to the next page, and wait until it can be read."""
        self.step.taps += 1
        began = time.monotonic()
        with self.page.expect_navigation():
            what.tap()
        self.page.wait_for_load_state()
        self.step.machine += time.monotonic() - began
        self.look()

    def tap(self, what: Locator) -> None:
        self.step.taps += 1
        what.tap()

    def type(self, label: str, text: str, *, paste: bool = False, within: Locator | None = None) -> None:
        """A field by its label: tapped, then typed or pasted."""
        place = (within or self.page).get_by_label(label)
        self.tap(place)
        self.step.fields += 1
        if paste:
            self.step.pastes += 1
        else:
            self.step.characters += len(text)
        place.fill(text)

    def press(self, name: str) -> None:
        self.go(self.page.get_by_role("button", name=name, exact=True))

    def send(self, name: str, content: bytes) -> None:
        """A file from the phone's own storage, then its sending, until it is on the page."""
        self.step.taps += 1
        self.step.files += 1
        self.step.fields += 1
        chosen: FilePayload = {"name": name, "mimeType": "application/pdf", "buffer": content}
        self.page.locator("input[type=file]").first.set_input_files(chosen)
        began = time.monotonic()
        self.tap(self.page.get_by_role("button", name="Envoyer le fichier", exact=True))
        expect(self.page.get_by_role("link", name=name, exact=True)).to_be_visible(timeout=120_000)
        self.step.machine += time.monotonic() - began

    def code(self) -> str:
        """The code of the last message, once it is there."""
        self.step.codes += 1
        began, limit = time.monotonic(), time.monotonic() + CODE_WITHIN
        while time.monotonic() < limit:
            for mail in sorted(self.mails.glob("*"), reverse=True):
                if found := re.search(r"^ {4}(\S+)$", mail.read_text(encoding="utf-8", errors="replace"), re.MULTILINE):
                    self.step.machine += time.monotonic() - began
                    return found[1]
            time.sleep(0.1)
        raise SystemExit("No code came.")


def file_a_dossier(phone: Phone, site: str) -> None:
    """Every page in its order, as the pages lead."""
    from clea.documents.samples import sample_pdf

    page = phone.page
    began = time.monotonic()
    page.goto(f"{site}/")
    page.wait_for_load_state()
    phone.look()
    phone.step.machine += time.monotonic() - began

    phone.go(page.get_by_role("link", name="Lire l'appel et candidater").first)
    phone.go(page.get_by_role("link", name="Candidater").first)
    phone.type("Adresse électronique", PERSON)
    phone.press("Recevoir un code")
    phone.type("Code", phone.code())
    phone.press("Continuer")
    phone.press("Commencer mon dossier")
    phone.go(page.get_by_role("link", name="Qui vous êtes", exact=True))
    for label, value in (
        ("Nom d'artiste ou du collectif", "Camille Passerelle"),
        ("Prénom", "Camille"),
        ("Nom", "Passerelle"),
        ("Téléphone", "00 00 00 00 09"),
        ("Adresse", "4 rue des Lisières"),
        ("Code postal", "59000"),
        ("Ville", "Bourg"),
    ):
        place = page.get_by_label(label, exact=True)
        phone.tap(place)
        phone.step.fields += 1
        if not place.input_value():
            phone.step.characters += len(value)
            place.fill(value)
    phone.press("Enregistrer et continuer")
    sections(phone, sample_pdf)
    phone.press("Déposer mon dossier")


def sections(phone: Phone, sample_pdf: object) -> None:
    """The pages after the first, whatever their order: each is known by its title."""
    page, author = phone.page, "Camille Passerelle"
    cv = sample_pdf("Camille Passerelle, parcours", ["Douze ans de danse avec des gens."], 3, author=author)  # type: ignore[operator]
    while phone.step.title != "Vérifier et déposer":
        title, done = phone.step.title, "Enregistrer et continuer"
        if title == "Votre pratique":
            discipline = page.get_by_role("checkbox").first
            phone.step.fields += 1
            phone.tap(discipline)
            phone.type("Votre pratique en quelques lignes", "Je danse dehors, avec qui passe.", paste=True)
        elif title in {"Conditions de candidature", "Engagements et données personnelles"}:
            boxes = page.locator("main form [type=checkbox]").all()
            for box in boxes if title == "Conditions de candidature" else boxes[:2]:
                phone.step.fields += 1
                phone.tap(box)
        elif title.startswith("Dossier déjà prêt"):
            phone.step.fields += 1
            phone.tap(page.get_by_label("Non, j'envoie les pièces une à une"))
        elif title == "Courrier de candidature":
            phone.type("Votre texte", "Je voudrais danser sur les chemins. " * 40, paste=True)
        elif title == "Curriculum vitæ":
            phone.send("parcours-camille.pdf", cv)
            phone.go(page.get_by_role("link", name="Continuer", exact=True))
            continue
        elif title == "Dossier artistique":
            phone.type("Vos liens", "https://camille.exemple.test/travaux", paste=True)
        elif title == "Budget prévisionnel":
            row = page.get_by_role("group", name="Ligne 1", exact=True)
            for label, value in (
                ("Intitulé", "Rémunération"),
                ("Net (€)", "12000"),
                ("Brut (€)", "15000"),
                ("Charges employeur (€)", "6000"),
                ("Coût total (€)", "21000"),
            ):
                phone.type(label, value, within=row)
        elif title == "Autres territoires":
            phone.step.fields += 1
            phone.tap(page.get_by_label("Non", exact=True))
        phone.press(done)
        if phone.step.title == title:
            raise SystemExit(f"{title}: the page was refused.\n{page.locator('.error-summary').all_inner_texts()}")


def table(phone: Phone) -> str:
    """What was counted, a line a page, and the sums."""
    lines = [
        "| | page | taps | fields | files | screens high | machine, s | human, s (estimate) |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for rank, step in enumerate(phone.steps, start=1):
        lines.append(
            f"| {rank} | {step.title} | {step.taps} | {step.fields} | {step.files} | {step.screens:.1f}"
            f" | {step.machine:.1f} | {step.human:.0f} |"
        )
    steps = phone.steps
    total = [sum(getattr(step, name) for step in steps) for name in ("taps", "fields", "files")]
    machine, human = sum(step.machine for step in steps), sum(step.human for step in steps)
    lines.append(
        f"| **{len(steps)}** | **pages** | **{total[0]}** | **{total[1]}** | **{total[2]}** | "
        f"| **{machine:.0f}** | **{human:.0f}** |"
    )
    typed, pasted = (sum(getattr(step, name) for step in steps) for name in ("characters", "pastes"))
    said = (
        f"Measured on {time.strftime('%d/%m/%Y')}: {len(steps)} pages, {total[0]} taps, {total[1]} fields ({typed}"
        f" characters typed, {pasted} pastes), {total[2]} file; {machine:.0f} s of machine, about"
        f" {(machine + human) / 60:.0f} minutes with the person's own time."
    )
    return "\n".join([said, "", *lines])


def write(text: str) -> None:
    before, mark, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    _old, end, after = rest.partition(MARKS[1])
    if not mark or not end:
        raise SystemExit(f"{PAGE.name} has lost its marks.")
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The demonstration on a free port, its messages written in ``folder/mails``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(
        DEBUG="true", VAR_DIR=str(folder), EMAIL_URL=f"filemail:///{folder}/mails", HOST="127.0.0.1", PORT=str(port),
        DJANGO_SETTINGS_MODULE="clea.settings",
    )  # fmt: skip
    server = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "serve.py")])
    site, limit = f"http://127.0.0.1:{port}", time.monotonic() + READY_WITHIN
    try:
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--built", type=Path, help="a demonstration already built, copied instead of building one")
    parser.add_argument("--site", help="a demonstration already served, with --mails: where it writes its messages")
    parser.add_argument("--mails", type=Path, help="the folder of EMAIL_URL=filemail://… of that site")
    parser.add_argument("--pictures", type=Path, help="where to keep what each page opens on")
    parser.add_argument("--fast", action="store_true", help="neither a slow line nor a slow processor")
    parser.add_argument("--dry", action="store_true", help="print the table, write nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clea-phone-") as name:
        folder = Path(name) / "var"
        if options.built:
            shutil.copytree(options.built, folder)
        folder.mkdir(exist_ok=True)
        (folder / "mails").mkdir(exist_ok=True)
        os.environ.setdefault("DEBUG", "true")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")
        mails = options.mails or folder / "mails"
        own = nullcontext(options.site) if options.site else served(folder)
        with own as site, sync_playwright() as playwright:
            sys.path.insert(0, str(ROOT))
            import django

            django.setup()
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=["--no-sandbox"]
            )
            context = browser.new_context(
                locale="fr-FR", timezone_id="Europe/Paris", viewport=SCREEN, has_touch=True,  # type: ignore[arg-type]
                is_mobile=True, device_scale_factor=2,
            )  # fmt: skip
            page = context.new_page()
            if not options.fast:
                session = context.new_cdp_session(page)
                session.send("Network.enable")
                session.send("Network.emulateNetworkConditions", LINE)
                session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            if options.pictures:
                options.pictures.mkdir(parents=True, exist_ok=True)
            phone = Phone(page, mails, options.pictures)
            file_a_dossier(phone, site)
            expect(page.get_by_role("heading", level=1)).to_contain_text("Votre dossier est déposé")
            browser.close()
    print(table(phone))
    if not options.dry:
        write(table(phone))
    return 0


if __name__ == "__main__":
    sys.exit(main())
