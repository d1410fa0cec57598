"""``python -m proofs.faults``: kill web and workers at random moments of filing, approving and sending.

``--rounds N --seed N``; SQLite unless DATABASE_URL says otherwise (scripts/with_postgres.sh). Exit 1 on any loss.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--window", type=int, default=60, help="kills aimed at the instant after the mail server's yes")
    parser.add_argument("--only", choices=["rounds", "window", "full", "restart"], action="append", default=[])
    parser.add_argument("--folder", type=Path, help="VAR_DIR, instead of one made for the occasion")
    parser.add_argument("--dry", action="store_true", help="write nothing in docs/reliability.md")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="clea-faults-"))
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'clea.sqlite3'}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "clea.settings",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "VAR_DIR": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "SECURE_SSL_REDIRECT": "false",
        "BEHIND_PROXY": "true",
        "EMAIL_URL": "dummymail://",
        "SITE_URL": "http://127.0.0.1",
        "STAFF_SECOND_FACTOR": "true",
    }
    (folder / "tmp").mkdir(exist_ok=True)
    tempfile.tempdir = str(folder / "tmp")
    sys.path.insert(0, str(ROOT))
    try:
        import django

        django.setup()
        from proofs.faults import whole_proof

        return whole_proof.run(
            folder, rounds=options.rounds, window=options.window, seed=options.seed,
            only=options.only or ["rounds", "window", "full", "restart"], dry=options.dry,
            rng=random.Random(options.seed),  # noqa: S311 - the same kills again
        )  # fmt: skip
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
