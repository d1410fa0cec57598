"""The purge: the demonstration's seasons come to their end, and nothing of who applied can be found any more.

``make purge`` works in a temporary folder, on SQLite; with DATABASE_URL, on that database. The clock warns, a month
passes, lists are prepared, approved as the desk does, carried out: then each name and address of the artists whose
dossier went is looked for in every column of every table and in the name of every stored file. What must stay
(the others' dossiers, the totals of each call, the journal's chain, the deposits' hashes) is compared.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

#: They stand with the account, which has a retention of its own, and go with it.
WITH_THE_ACCOUNT = {"accounts.User", "account.EmailAddress", "journal.ActorSnapshot"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", help="a VAR_DIR that holds a demonstration, copied; made otherwise")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clea-purge-") as folder:
        return _prove(Path(folder), options.source)


def _prove(folder: Path, source: str | None) -> int:
    import shutil

    if source:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    os.environ |= {
        "DEBUG": "true", "VAR_DIR": str(folder), "EMAIL_URL": "dummymail://", "TASKS_IMMEDIATE": "true",
        "DJANGO_SETTINGS_MODULE": "clea.settings",
    }  # fmt: skip
    import django

    django.setup()
    logging.disable(logging.INFO)
    from django.core.management import call_command

    from proofs import report

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not source:
        call_command("demo")
    figures, lost = measure()
    report.write("purge", "Retention and purge", "make purge", figures)
    for what, value in figures:
        print(f"{what} : {value}")
    return 1 if lost else 0


def measure() -> tuple[list[tuple[str, Any]], int]:
    """Warn, list, approve, carry out, search. The figures, and how many things were found that should not be."""
    from django.db import connection
    from django.utils import timezone

    from candidatures.models import Application, Call, Deposit
    from candidatures.selectors import kept
    from clea.accounts.models import User
    from clea.journal import services as journal
    from clea.privacy import everywhere
    from clea.privacy import services as privacy
    from clea.privacy.enums import LineState
    from clea.privacy.models import DisposalLine, DisposalList, Warned

    privacy.run()
    warned = Warned.objects.count()
    # A month goes by.
    Warned.objects.update(warned_at=timezone.now() - timedelta(days=31))
    privacy.run()
    lines = DisposalLine.objects.all()
    keys = list(lines.filter(holding__startswith="dossiers.").values_list("subject", flat=True))
    doomed = list(Application.objects.filter(uuid__in=keys).values_list("pk", flat=True))
    marks = _marks(Application.objects.filter(pk__in=doomed), Application.objects.exclude(pk__in=doomed))
    others = list(Deposit.objects.exclude(application__in=doomed).order_by("pk").values_list("number", "sha256"))
    totals = _totals(Call.objects.all(), kept)
    files = set(everywhere.stored())
    by = User.objects.filter(is_superuser=True).first()
    assert by is not None
    began = time.monotonic()
    for disposal in DisposalList.objects.filter(state="prepared"):
        privacy.approve(by=by, disposal=disposal, shown=privacy.seen(disposal), typed=disposal.number)
    elapsed = time.monotonic() - began
    found = {mark: places - WITH_THE_ACCOUNT for mark, places in everywhere.traces_of(marks).items()}
    left = {mark: places for mark, places in found.items() if places}
    for mark, places in left.items():
        print(f"still there: {mark} in {sorted(places)}", file=sys.stderr)
    states = Counter(lines.values_list("state", flat=True))
    same = others == list(
        Deposit.objects.exclude(application__in=doomed).order_by("pk").values_list("number", "sha256")
    )
    whole = totals == _totals(Call.objects.all(), kept)
    chain = journal.verify().ok
    lost = (
        (not marks)
        + len(left)
        + states[LineState.PENDING]
        + states[LineState.LEFT]
        + (not same)
        + (not whole)
        + (not chain)
    )
    return [
        ("Database", connection.vendor),
        ("People warned a month before", warned),
        ("Lines listed, approved and carried out", f"{states[LineState.DONE]} of {sum(states.values())}"),
        ("Dossiers erased", len(doomed) - Application.objects.filter(pk__in=doomed).count()),
        ("Rows erased", sum(line.rows for line in lines)),
        ("Files erased from the storage", len(files - set(everywhere.stored()))),
        ("Seconds", round(elapsed, 1)),
        ("Names and addresses looked for", len(marks)),
        ("Columns of the database read", everywhere.columns()),
        ("Names and addresses still found (outside the account)", len(left)),
        ("Deposits of the others unchanged", len(others) if same else "no"),
        ("Totals of the calls unchanged", "yes" if whole else "no"),
        ("The journal's chain holds", "yes" if chain else "no"),
    ], lost


def _marks(gone: Any, staying: Any) -> list[str]:
    """Names and addresses of who goes and of nobody who stays."""

    def of(rows: Any) -> set[str]:
        return {
            text
            for row in rows.select_related("owner")
            for text in (row.owner.email, row.artist_name, f"{row.first_name} {row.last_name}".strip())
            if len(text) > 5
        }

    return sorted(of(gone) - of(staying))


def _totals(calls: Any, kept: Any) -> dict[str, tuple[int, int]]:
    """Filed and drafts of each call, as the desk says them."""
    found = {}
    for call in calls:
        erased = kept.erased_of(call)
        filed = call.applications.filed().count()
        drafts = call.applications.filter(last_deposit=None).count()
        found[call.slug] = (filed + erased.filed, drafts + erased.drafts)
    return found


if __name__ == "__main__":
    sys.exit(main())
