"""What a web process holds before anybody asks for anything."""

from __future__ import annotations

import subprocess
import sys

from django.conf import settings

#: Each weighs megabytes, and serves a few people a day.
HEAVY = [
    "weasyprint",
    "pikepdf",
    "PIL",
    "lxml",
    "openpyxl",
    "tablib",
    "icalendar",
    "numpy",
    "networkx",
    "cryptography",
    "fido2",
    "markdown_it",
    "nh3",
    "holidays",
    "boto3",
]


def test_what_few_people_need_is_loaded_when_they_do() -> None:
    code = f"import clea.wsgi, sys; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert done.stdout.strip() == "[]"
