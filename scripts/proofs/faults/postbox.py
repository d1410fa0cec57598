"""A real SMTP server that remembers what it took, refuses for a while, or hangs up."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"^Message-ID:\s*<([0-9a-f-]{36})@", re.I | re.M)
REFUSED, HUNG_UP = 0.05, 0.03


@dataclass
class Postbox:
    """``confirmed`` and ``unanswered``: the identifiers of messages taken, by whether a 250 was said."""

    rng: random.Random
    confirmed: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    refused: int = 0
    hung_up: int = 0
    away: bool = False
    #: Does no harm of its own while this is set.
    quiet: bool = False
    on_confirm: Callable[[str], None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> int:
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        self.controller = _On(self, listening)
        self.controller.start()
        return int(listening.getsockname()[1])

    def stop(self) -> None:
        self.controller.stop()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.away:
            return "421 4.3.2 Closed for a while"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = _ID.search(content)
        key = found[1].decode() if found else "?"
        with self.lock:
            chance = 1.0 if self.quiet else self.rng.random()
            if chance < REFUSED:
                self.refused += 1
                return "451 4.7.1 Try again later"
            if chance < REFUSED + HUNG_UP:
                self.hung_up += 1
                # Half of those were taken: the sender cannot know.
                if self.rng.random() < 0.5:
                    self.unanswered.append(key)
                server.transport.abort()  # type: ignore[union-attr]
                return "421 gone"
            self.confirmed.append(key)
        if self.on_confirm is not None:
            # Once the answer is on its way: this coroutine gives it back first.
            asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, self.on_confirm, key)
        return "250 OK"


class _On(Controller):
    """A controller on a port that is held already."""

    def __init__(self, handler: Postbox, listening: socket.socket) -> None:
        self._listening = listening
        host, port = listening.getsockname()
        super().__init__(handler, hostname=host, port=port)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)
