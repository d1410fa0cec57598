"""For the drill: make an installation heavier, or be the people who write in it meanwhile."""

from __future__ import annotations

import json
import os
import random
import sys
import threading

import django

MB = 1024 * 1024


def heavier(megabytes: int) -> None:
    """Files of ten megabytes that no compression makes smaller."""
    from clea.documents import services as documents

    chance = random.Random(1)  # noqa: S311
    for number in range(megabytes // 10):
        documents.store_bytes(
            by=None, content=b"%PDF-" + chance.randbytes(10 * MB), name=f"{number}.pdf", content_type="application/pdf"
        )


def write() -> None:
    """Say five names kept for good, then send and discard until a line comes in; say how many."""
    from clea.documents import services as documents

    chance = random.Random(2)  # noqa: S311
    told = threading.Event()

    def wait() -> None:
        sys.stdin.readline()
        told.set()

    threading.Thread(target=wait, daemon=True).start()
    sent = discarded = 0
    standing = []
    while not told.is_set():
        content = b"%PDF-" + chance.randbytes(chance.randrange(1000, 200_000))
        stored = documents.store_bytes(by=None, content=content, name="x.pdf", content_type="application/pdf")
        sent += 1
        if sent <= 5:
            print(stored.file.name, flush=True)
            continue
        standing.append(stored)
        if len(standing) > 3:
            documents.discard(standing.pop(chance.randrange(3)))
            discarded += 1
    print(json.dumps({"sent": sent, "discarded": discarded}), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")
    django.setup()
    if sys.argv[1] == "heavier":
        heavier(int(sys.argv[2]))
    else:
        write()
