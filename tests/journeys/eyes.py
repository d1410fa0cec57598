"""Look at a page as a strict reader would: its HTML, its accessibility, its width on a phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response
from tinyhtml5.parser import HTMLParser

from tests.ui.html import read

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
#: WCAG 2.2 at levels A and AA, and what axe calls good practice: headings in order, landmarks.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What a change of colours may break.
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def axe(page: Page, options: dict[str, Any]) -> list[str]:
    """The script enters a page once, and only what is wrong comes back: half the time of the package's own run."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(
        """(options) => axe.run(document, options).then((results) => results.violations.map((one) => ({
            id: one.id, help: one.help,
            nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + node.failureSummary),
        })))""",
        {"resultTypes": ["violations"], "preload": False, **options},
    )
    return [f"{one['id']} ({one['help']}): " + "; ".join(one["nodes"]) for one in violations]


def sticks_out(page: Page) -> list[str]:
    """What sticks out of the screen."""
    out = page.evaluate(
        """() => {
            const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
            if (wide <= 0) return [];
            const right = document.documentElement.clientWidth;
            // What slides inside its own box does not widen the page.
            const held = (element) => {
                for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
                    if (getComputedStyle(one).overflowX !== "visible") return true;
                return false;
            };
            return [...document.querySelectorAll("body *")]
                .filter((element) => element.getBoundingClientRect().right > right + 1 && !held(element))
                .slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
        }"""
    )
    return [f"sticks out: {element}" for element in out]


@dataclass
class Eyes:
    """Everything wrong that was seen, page by page. ``see`` once the page is in the state to judge."""

    page: Page
    phone: bool = True
    dark: bool = True
    faults: list[str] = field(default_factory=list)
    _last: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("response", self._remember)

    def _remember(self, response: Response) -> None:
        request = response.request
        if (
            request.is_navigation_request()
            and request.frame == self.page.main_frame
            and not 300 <= response.status < 400
        ):
            self._last = response

    def see(self, name: str = "") -> None:
        """HTML as it was sent, then axe in light and in dark, then the width of a phone."""
        name = name or self.page.url
        self.faults += [f"{name}: {fault}" for fault in self._html()]
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        self.faults += [f"{name}: {fault}" for fault in axe(self.page, {"runOnly": RULES})]
        if self.phone:
            self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            self.faults += [f"{name}, on a phone: {fault}" for fault in sticks_out(self.page)]
            self.faults += [f"{name}, on a phone: {fault}" for fault in axe(self.page, {"runOnly": ["wcag22aa"]})]
        if self.dark:
            self.page.emulate_media(color_scheme="dark")
            self.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
            self.faults += [f"{name}, in the dark: {fault}" for fault in axe(self.page, CONTRAST)]
            self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    def visit(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            self.page.goto(address)
            self.see(address)

    def _html(self) -> list[str]:
        assert self._last is not None, "nothing was opened"
        source = self._last.text()
        parser = HTMLParser()
        parser.parse(source)
        # Django's own pages close <use/> inside an SVG, as they may.
        faults = [fault for fault in read(source).faults if fault != "<use/> closes itself"]
        return [*(f"HTML {error}" for error in parser.errors), *faults]

    def assert_no_fault(self) -> None:
        assert not self.faults, "\n".join(self.faults)
