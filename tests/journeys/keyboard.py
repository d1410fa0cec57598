"""Hands on the keyboard, eyes on the focus: what has it is outlined, and nothing lies over it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

#: What has the focus: its name, whether an outline shows it, whether something lies over it.
FOCUS = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const over = document.elementFromPoint(box.x + Math.min(box.width, 40) / 2, box.y + box.height / 2);
    const seen = box.bottom > 0 && box.top < innerHeight && !!over
        && (element.contains(over) || over.contains(element)
            || [...(element.labels || [])].some((label) => label.contains(over)));
    return {
        tag: element.outerHTML.slice(0, 140),
        name: (element.labels?.[0] || element).textContent.trim(),
        outlined: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        seen,
    };
}"""


class Keyboard:
    """Hands on the keyboard, eyes on the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lost: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def tab(self) -> dict[str, object] | None:
        self.press("Tab")
        focus: dict[str, object] | None = self.page.evaluate(FOCUS)
        if focus and not focus["outlined"]:
            self.lost.append(f"no outline: {focus['tag']}")
        if focus and not focus["seen"]:
            self.lost.append(f"hidden: {focus['tag']}")
        return focus

    def to(self, name: str) -> None:
        """Tab until what has the focus is called ``name`` (a beginning), within the page."""
        self.page.wait_for_load_state()
        for _ in range(120):
            focus = self.tab()
            if focus and re.sub(r"\s+", " ", str(focus["name"])).startswith(name):
                return
        raise AssertionError(f"{name!r} is out of the keyboard's reach on {self.page.url}")

    def activate(self, name: str) -> None:
        self.to(name)
        self.press("Enter")

    def assert_always_seen(self) -> None:
        assert not self.lost, "\n".join(sorted(set(self.lost)))

    def at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
