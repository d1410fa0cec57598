"""Artists who fill and file their dossier over HTTP, and try again when nothing answers."""

from __future__ import annotations

import hashlib
import http.client
import io
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

CSRF = "c" * 32
PATIENCE = 60.0  # seconds


@dataclass
class Answer:
    status: int
    location: str
    body: str


@dataclass
class Account:
    """How to sign in without signing in: names and values of the cookies."""

    session_name: str
    session: str
    csrf_name: str


class Nobody(Exception):
    """The server hung up, or was not there."""


@dataclass
class Artist:
    """One dossier; what the server acknowledged of it, and what came of it."""

    rank: int
    dossier: str
    account: Account
    port: int
    text: str = ""
    sha256: str = ""
    #: Number of a deposit that was acknowledged: its text, and the digest of its piece.
    filed: dict[str, tuple[str, str]] = field(default_factory=dict)
    statuses: dict[int | str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    last_503: str = ""

    def turn(self, number: int) -> None:
        """Change a page, send a piece, file: each until the server says that it is done."""
        text = f"Lettre du tour {number}, artiste {self.rank}."
        content = pdf(f"{number}-{self.rank}-{secrets.token_hex(4)}")
        self.until(lambda: self.save(text), 302)
        self.text = text
        self.until(lambda: self.send(content), 302)
        self.sha256 = hashlib.sha256(content).hexdigest()
        answer = self.until(self.file, 302)
        if "/depots/" not in answer.location:
            self.faults.append(f"filing led to {answer.location}")
            return
        self.filed[answer.location.rstrip("/").rpartition("/")[2]] = (self.text, self.sha256)

    def until(self, act: Callable[[], Answer], wanted: int) -> Answer:
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                answer = act()
                self.count(answer.status)
                if answer.status == wanted:
                    return answer
                if answer.status == 503:
                    # One that gave a form back is kept: a file's page has none to give.
                    if "Lettre du tour" not in self.last_503:
                        self.last_503 = answer.body
                else:
                    self.faults.append(f"{answer.status}: {answer.body[:300]}")
            except Nobody:
                self.count("cut")
            if time.monotonic() > limit:
                raise SystemExit(f"artist {self.rank} gave up: {self.statuses} {self.faults[-1:]}")
            time.sleep(0.05)

    def count(self, status: int | str) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def save(self, text: str) -> Answer:
        fields = {"csrfmiddlewaretoken": CSRF, "text": text, "version": "0", "ecraser": "1"}
        return self.post("piece-lettre/", urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def send(self, content: bytes) -> Answer:
        mark = secrets.token_hex(12)
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{CSRF}\r\n'
            f'--{mark}\r\nContent-Disposition: form-data; name="fichier"; filename="cv.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.post("pieces/cv/envoyer/", body, f"multipart/form-data; boundary={mark}")

    def file(self) -> Answer:
        fields = urlencode({"csrfmiddlewaretoken": CSRF}).encode()
        return self.post("deposer/", fields, "application/x-www-form-urlencoded")

    def post(self, path: str, body: bytes, content_type: str) -> Answer:
        cookies = {self.account.session_name: self.account.session, self.account.csrf_name: CSRF, "lang": "fr"}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": content_type,
            "Accept-Language": "fr",
            "Sec-Fetch-Site": "same-origin",
            # Each at home: a limit by address is not what is proved here.
            "X-Forwarded-For": f"192.0.2.{self.rank % 250 + 1}",
            "Connection": "close",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", f"/candidatures/{self.dossier}/{path}", body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location") or "", answer.read().decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException) as error:
            raise Nobody from error
        finally:
            connection.close()


def pdf(mark: str) -> bytes:
    """One page, unlike any other."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(595, 842))
        made.pages[0].Contents = made.make_stream(f"% {mark}\n".encode())
        made.save(out)
    return out.getvalue()
