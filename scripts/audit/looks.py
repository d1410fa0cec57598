"""What a real browser says of a page: axe in light, in dark and on a phone, widths, the console; then refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, Response, sync_playwright

from tests.journeys.eyes import CONTRAST, DESKTOP, PHONE, RULES, axe, sticks_out

from .crawl import name_of
from .site import ROOT

#: 1280 px zoomed to 400 %.
ZOOMED = {"width": 320, "height": 256}
PATIENCE = 30_000  # milliseconds
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

# Opens what is folded, and says whether there was anything.
OPEN_DETAILS = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# Colours that are on their way are nobody's choice.
SETTLED = "() => Promise.all(document.getAnimations().map((one) => one.finished)).then(() => true)"
DIALOGS = "() => document.querySelectorAll('dialog:not([open])').length"
OPEN_DIALOG = """(number) => {
    document.querySelectorAll('dialog[open]').forEach((one) => one.close());
    document.querySelectorAll('dialog:not([open])')[number].showModal();
}"""
CLOSE_DIALOGS = "() => document.querySelectorAll('dialog[open]').forEach((one) => one.close())"
# The forms one can send empty: something to fill, and not the switch of languages nor the way out.
FORMS = """() => [...document.forms].map((form, number) => ({
    number, action: new URL(form.action, location).pathname, method: form.method,
    fields: [...form.elements].filter((one) => one.matches(
        "input:not([type=hidden],[type=submit],[type=button],[type=checkbox].action-select), select, textarea")).length,
})).filter((form) => form.fields && !form.action.startsWith("/langue/") && !form.action.includes("deconnexion"))"""
EMPTY_AND_SEND = """(number) => {
    const form = document.forms[number];
    for (const one of form.elements) {
        if (one.matches("[type=hidden],[type=submit],[type=button]")) continue;
        if (one.matches("[type=checkbox],[type=radio]")) one.checked = false;
        else if (one.tagName === "SELECT") one.value = "";
        else if (one.type !== "file" && "value" in one) one.value = "";
    }
    form.noValidate = true;
    form.closest("dialog")?.showModal();
    form.closest("details")?.setAttribute("open", "");
    const button = [...form.elements].find((one) => one.type === "submit");
    if (button) button.formNoValidate = true;
    form.requestSubmit(button);
}"""


@dataclass
class Look:
    """One context of one role, and what it said since the last page."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: bool = False  # a page was asked for
    answer: Response | None = None  # and what came

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.said.append(f"script: {error}"))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal's own status is no fault of the page.
        if message.type == "error" and "status of 4" not in message.text:
            self.said.append(f"console: {message.text[:300]}")

    def _request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.asked = True

    def _response(self, response: Response) -> None:
        request = response.request
        if (
            request.is_navigation_request()
            and request.frame == self.page.main_frame
            and not 300 <= response.status < 400
        ):
            self.answer = response

    def judge(self, *, whole: bool = True) -> list[str]:
        """The page as it stands now. Not ``whole``: what another look at the same page has not said yet."""
        page, found = self.page, []
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if whole:
            found += [f"360 px: {fault}" for fault in axe(page, {"runOnly": RULES})]
        page.evaluate(OPEN_DETAILS)
        page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
        found += [f"320 px: {fault}" for fault in sticks_out(page)]
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        found += axe(page, {"runOnly": RULES})
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.evaluate(SETTLED)
        found += [f"dark: {fault}" for fault in axe(page, CONTRAST)]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.evaluate(SETTLED)
        if whole:
            for number in range(page.evaluate(DIALOGS)):
                page.evaluate(OPEN_DIALOG, number)
                found += [f"dialog {number + 1}: {fault}" for fault in axe(page, {"runOnly": RULES})]
                page.evaluate(CLOSE_DIALOGS)
        found += self.said
        self.said.clear()
        return list(dict.fromkeys(found))

    def visit(self, address: str) -> list[str]:
        self.said.clear()
        self.page.goto(address)
        return self.judge()

    def refuse(self, address: str, number: int, keep: Path) -> tuple[str, list[str]]:
        """Send the form empty; what became of it, and what is wrong on the page that says no."""
        self.page.goto(address)
        self.said.clear()
        self.answer, self.asked = None, False
        self.page.evaluate(EMPTY_AND_SEND, number)
        self.page.wait_for_timeout(200)
        patience = time.monotonic() + PATIENCE / 1000
        while self.asked and not self.answer and time.monotonic() < patience:
            self.page.wait_for_timeout(50)
        self.page.wait_for_load_state()
        if self.answer is None:
            return "refused by the script", self.judge(whole=False)
        if self.answer.status >= 500:
            return "error", [f"an empty form answers {self.answer.status}"]
        if "text/html" not in self.answer.headers.get("content-type", ""):
            return "a file", []
        if self.answer.request.method == "POST":
            keep.write_bytes(self.answer.body())
        outcome = "refused" if self.page.locator("[data-error-summary], .errornote, .error").count() else "accepted"
        return outcome, self.judge(whole=False)


def context(browser: Browser, site: str, session: str) -> BrowserContext:
    made = browser.new_context(
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport=DESKTOP,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    if session:
        made.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    return made


def work(task: dict[str, Any], output: Path) -> None:
    """One process's share: pages to visit, or forms to send. One line of the output a page, as soon as it is read."""
    site, sessions, folder = task["site"], task["sessions"], Path(task["folder"])
    looks: dict[str, Look] = {}
    with sync_playwright() as playwright, output.open("w") as lines:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        for number, page in enumerate(task["pages"]):
            role = page["role"]
            if number % 150 == 149:  # fresh tabs from time to time: memory
                for look in looks.values():
                    look.page.context.close()
                looks.clear()
            if role not in looks:
                looks[role] = Look(context(browser, site, sessions.get(role, "")).new_page())
            try:
                result = send(looks[role], site, page, folder) if task["forms"] else read(looks[role], site, page)
            except Error as error:
                looks.pop(role)
                result = {**page, "faults": [f"the browser could not look: {str(error)[:200]}"], "forms": []}
            lines.write(json.dumps(result, ensure_ascii=False) + "\n")
            lines.flush()
        browser.close()


def read(look: Look, site: str, page: dict[str, Any]) -> dict[str, Any]:
    faults = look.visit(site + page["path"])
    return {**page, "faults": faults, "forms": look.page.evaluate(FORMS)}


def send(look: Look, site: str, page: dict[str, Any], folder: Path) -> dict[str, Any]:
    file = f"{page['file'].removesuffix('.html')}-{page['form']}.html"
    outcome, faults = look.refuse(site + page["path"], page["form"], folder / file)
    kept = file if (folder / file).exists() else ""
    return {**page, "faults": faults, "outcome": outcome, "file": kept}


def look_at(
    site: str, sessions: dict[str, str], pages: list[dict[str, Any]], folder: Path, *, workers: int, forms: bool = False
) -> list[dict[str, Any]]:
    """Share the pages among processes, and gather what they say."""
    started, running = time.monotonic(), []
    for number in range(workers):
        task = folder.parent / f"task-{number}.json"
        share = {"site": site, "sessions": sessions, "pages": pages[number::workers], "folder": str(folder)}
        task.write_text(json.dumps({**share, "forms": forms}))
        running.append((task, subprocess.Popen([sys.executable, "-m", "audit.looks", str(task)], cwd=ROOT)))
    results = []
    for task, process in running:
        if process.wait():
            raise SystemExit("A browser's process failed.")
        results += [json.loads(line) for line in task.with_suffix(".jsonl").read_text().splitlines()]
        task.unlink()
    print(f"  {len(results)} {'forms' if forms else 'pages'} in {time.monotonic() - started:.0f} s", flush=True)
    return results


def to_send(looked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One form of each kind: the same fields under the same name are one form, whoever fills it."""
    seen, chosen = set(), []
    for page in looked:
        for form in page.get("forms", []):
            key = (page["name"], name_of(form["action"]), form["method"], form["number"])
            if key not in seen:
                seen.add(key)
                chosen.append({**page, "form": form["number"], "forms": [], "faults": []})
    return chosen


if __name__ == "__main__":
    path = Path(sys.argv[1])
    work(json.loads(path.read_text()), path.with_suffix(".jsonl"))
