"""What locust plays for ``bench.rush``: artists who send their pieces, then file in the last seconds of a call.

Run by locust, in an environment of its own: the standard library and locust only. ``RUSH`` names the file that says
who they are; what each was answered is appended to its ``answers``, one JSON object a line.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, task
from locust.exception import StopUser

PLAN = json.loads(Path(os.environ["RUSH"]).read_text(encoding="utf-8"))
MODEL = Path(PLAN["pdf"]).read_bytes()
#: Where each file is made unlike any other: near its end, so that its digest is begun once for all.
AT = MODEL.rindex(PLAN["mark"].encode())
BEGUN = hashlib.sha256(MODEL[:AT])
#: Refusals of ours, in words: what one may not, a conflict, a wrong file, too many, not now.
TOLD = frozenset({403, 409, 422, 429, 503})
WAITING = list(reversed(PLAN["artists"]))
LEFT = [len(WAITING)]


class Artist(FastHttpUser):
    network_timeout = connection_timeout = 90.0
    max_retries = 0

    def on_start(self) -> None:
        self.who = WAITING.pop()
        self.rng = random.Random(self.who["rank"])  # noqa: S311 - the same rush each time
        self.sent: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.last = ""

    @task
    def story(self) -> None:
        number = ""
        try:
            # Over the first three quarters; then they all wait for the last moment.
            until(PLAN["opens"] + self.rng.random() * 0.75 * (PLAN["closes"] - PLAN["opens"]))
            if all(self.send(code) for code in PLAN["pieces"]):
                until(PLAN["closes"] - self.rng.uniform(*PLAN["last_seconds"]))
                number = self.file()
        finally:
            self.tell(number)
        raise StopUser

    def send(self, code: str) -> bool:
        last = self.last_bytes(code)
        digest = BEGUN.copy()
        digest.update(last)
        mark = digest.hexdigest()
        boundary = mark[:24]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{PLAN["csrf"]}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="fichier"; filename="{code}.pdf"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        ).encode()
        body = b"".join((head, MODEL[:AT], last, f"\r\n--{boundary}--\r\n".encode()))
        kind = f"multipart/form-data; boundary={boundary}"
        where = self.until_done(f"pieces/{code}/envoyer/", body, kind, "a piece")
        if where:
            self.sent[code] = mark
            self.read(where)
        return bool(where)

    def last_bytes(self, code: str) -> bytes:
        own = f"{self.who['rank']:06d}-{code}".ljust(len(PLAN["mark"]), ".").encode()
        return own + MODEL[AT + len(own) :]

    def file(self) -> str:
        body = f"csrfmiddlewaretoken={PLAN['csrf']}".encode()
        where = self.until_done("deposer/", body, "application/x-www-form-urlencoded", "filing")
        if "/depots/" not in where:
            return ""
        self.read(where)
        return where.rstrip("/").rpartition("/")[2]

    def until_done(self, path: str, body: bytes, kind: str, name: str) -> str:
        """Where the answer leads. Refused or cut, one tries again while the call is open, as people do."""
        while True:
            with self.client.post(
                f"/candidatures/{self.who['dossier']}/{path}", data=body, headers=self.headers(kind), name=name,
                allow_redirects=False, catch_response=True,
            ) as answer:  # fmt: skip
                status = int(answer.status_code or 0)
                self.count(status)
                # Refused in words is an answer; locust counts only what is none.
                answer.success() if status == 302 or status in TOLD else answer.failure(f"status {status}")
                if status == 302:
                    return str(answer.headers.get("Location", ""))
                self.last = (
                    f"{status}" if status in TOLD and b"<h1" in (answer.content or b"") else f"not told: {status}"
                )
            if time.time() >= PLAN["closes"] + 1:
                return ""
            gevent.sleep(self.rng.uniform(1.0, 4.0))

    def read(self, path: str) -> None:
        with self.client.get(path, headers=self.headers(), name="the next page", catch_response=True) as answer:
            self.count(int(answer.status_code or 0))

    def headers(self, kind: str = "") -> dict[str, str]:
        said = {
            "Cookie": self.who["cookie"],
            "Accept-Language": "fr",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.who["address"],
        }
        return said | ({"Content-Type": kind} if kind else {})

    def count(self, status: int) -> None:
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1

    def tell(self, number: str) -> None:
        said: dict[str, Any] = {
            "rank": self.who["rank"], "number": number, "sent": self.sent, "statuses": self.statuses,
            "last": self.last,
        }  # fmt: skip
        with Path(PLAN["answers"]).open("a", encoding="utf-8") as out:
            out.write(f"{json.dumps(said)}\n")
        LEFT[0] -= 1
        if not LEFT[0] and self.environment.runner is not None:
            gevent.spawn_later(0.5, self.environment.runner.quit)


def until(moment: float) -> None:
    gevent.sleep(max(0.0, moment - time.time()))
