"""A real browser: Debian's Chromium, French, in Paris, and no fault let through.

``page`` runs JavaScript, ``page_without_js`` does not; both start from the live server
(``page.goto("/")``). Any console error, script exception, breach of the Content Security Policy,
answer of the server in 5xx or request to another host fails the test, unless the test said it
expects it: ``browser_faults.expect(r"status of 404")``.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, WebError, expect

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
BROWSER_FIXTURES = {"page", "page_without_js", "context", "new_context", "browser"}
# Milliseconds. A busy machine is slow, not wrong; what is right does not wait.
PATIENCE = 30_000
LOCAL_HOSTS = {"localhost", "127.0.0.1"}
LOCAL_SCHEMES = {"data", "blob", "about", "chrome", "chrome-extension"}


expect.set_options(timeout=PATIENCE)


class BrowserFaults:
    """What the browser complained of during one test."""

    def __init__(self) -> None:
        self.found: list[str] = []
        # Asked by the browser itself beside an answer that is not a page (a PDF, a bare 404).
        self.expected: list[re.Pattern[str]] = [re.compile(r"status of 404.*/favicon\.ico\)$")]

    def expect(self, pattern: str) -> None:
        """Let through the faults that match: the test provokes them on purpose."""
        self.expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [fault for fault in self.found if not any(pattern.search(fault) for pattern in self.expected)]

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _error(self, error: WebError) -> None:
        self.found.append(f"exception: {error.error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname not in LOCAL_HOSTS:
            self.found.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"answer {response.status}: {response.url}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("journey")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; CHROMIUM names another one."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    return {**browser_type_launch_args, "executable_path": executable, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "fr-FR",
        "timezone_id": "Europe/Paris",
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
        "service_workers": "block",
    }


@pytest.fixture
def browser_faults() -> Iterator[BrowserFaults]:
    faults = BrowserFaults()
    yield faults
    found = faults.unexpected()
    assert not found, "The browser complained:\n" + "\n".join(found)


@pytest.fixture
def new_context(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, browser_faults: BrowserFaults
) -> Iterator[Callable[..., BrowserContext]]:
    """Open as many separate visitors as the story needs: ``new_context(java_script_enabled=False)``."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        context.set_default_timeout(PATIENCE)
        browser_faults.watch(context)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()
    _let_the_server_finish()


def _let_the_server_finish(seconds: float = 5) -> None:
    """Wait for the answers nobody waits for any more (a PDF in a frame, a last save): the database is
    emptied next, and a request still at work would meet that, or write into the next test.
    """
    end = time.monotonic() + seconds
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(max(0.0, end - time.monotonic()))


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def page_without_js(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()
