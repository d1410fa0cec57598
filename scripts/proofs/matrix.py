"""Nobody where they do not belong, and no word that breaks a page: ``make matrix``.

The whole matrix of tests/access (every address, every role, GET and POST), then what its rows imply: somebody else's
things in every address, in every choice of a form and under every action of the desk; verbs nobody uses; hostile words
in every form, query and address; a world whose every text is hostile, read and exported. On SQLite, then PostgreSQL.

Options: ``--database sqlite|postgresql``, ``--processes N``, ``--rounds N`` (of the sweeps, one row in N), ``--seed N``
(which ones), ``--only NAME`` (one sweep; figures are written by a whole run only).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proofs import report

ROOT = report.ROOT
SWEEPS = {
    "matrix": "the whole matrix",
    "objects": "others' things in an address",
    "choices": "others' things in a page or a choice",
    "bodies": "others' things in a body",
    "actions": "the desk's actions on others' rows",
    "methods": "other verbs, and htmx",
    "forms": "hostile words in forms",
    "malformed": "bodies that are no form",
    "queries": "hostile queries and addresses",
    "arguments": "hostile arguments",
    "dressed": "pages and files of a hostile world",
}
#: Sweeps that are one piece: the first process makes them.
UNDIVIDED = {"actions"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SWEEPS, action="append")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        return part(told)
    if told.inside:
        return on_one(told)
    kept: dict[str, dict[str, Any]] = {}
    for name in told.database or ["sqlite", "postgresql"]:
        done = on(name)
        if done is None:
            print(f"The run on {name} broke off.", file=sys.stderr)
            return 1
        kept[name] = done
    whole = not told.only and told.rounds == 1 and len(kept) == 2
    faults = sum(len(done["faults"]) for done in kept.values())
    if whole:
        report.write("matrix", "Access and hostile texts", "make matrix", figures(kept))
    for name, done in kept.items():
        print(f"{name}: {json.dumps(done['requests'])} {done['seconds']:.0f} s, {len(done['faults'])} faults")
        print("\n".join(done["faults"]))
    return 1 if faults else 0


def figures(kept: dict[str, Any]) -> list[tuple[str, Any]]:
    one = next(iter(kept.values()))
    rows: list[tuple[str, Any]] = [
        (what, one["sizes"][what]) for what in ("addresses, each with its row", "roles", "forms")
    ]
    rows += [(f"requests: {words}", one["requests"][key]) for key, words in SWEEPS.items()]
    rows += [("choices of forms looked through", one["choices"]), ("actions that write when they may", one["acted"])]
    for name, done in kept.items():
        rows.append((f"{name}: requests, all sweeps", sum(done["requests"].values())))
        rows.append((f"{name}: faults", len(done["faults"])))
        rows.append((f"{name}: seconds", round(done["seconds"])))
    return rows


def on(name: str) -> dict[str, Any] | None:
    """One database, made for it and thrown away."""
    with tempfile.TemporaryDirectory(prefix="clea-matrix-") as folder:
        arguments = [sys.executable, "-m", "proofs.matrix", *sys.argv[1:], "--inside"]
        launcher = [str(ROOT / "scripts" / "with_postgres.sh")] if name == "postgresql" else []
        started = time.monotonic()
        done = subprocess.run([*launcher, *arguments], cwd=ROOT, env=environment(Path(folder), name), check=False)
        if done.returncode:
            return None
        found: dict[str, Any] = json.loads((Path(folder) / "found.json").read_text("utf-8"))
        return found | {"seconds": time.monotonic() - started}


def environment(folder: Path, name: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TEST_", "DATABASE_URL", "VAR_DIR"))}
    kept |= {"MATRIX_DIR": str(folder), "CLEA_TESTS_DIR": str(folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"}
    if name == "sqlite":
        kept["TEST_DATABASE_URL"] = f"sqlite:///{folder / 'tables.sqlite3'}"
    return kept


def on_one(told: argparse.Namespace) -> int:
    """Make the tables once, and give each process a copy."""
    folder = Path(os.environ["MATRIX_DIR"])
    ready()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connection.close()
    running = []
    for n in range(told.processes):
        url = copy(folder, n)
        command = [sys.executable, "-m", "proofs.matrix", *sys.argv[1:], "--part", f"{n}/{told.processes}"]
        running.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TEST_DATABASE_URL": url}))
    codes = [one.wait() for one in running]
    if any(codes):
        return 1
    parts = [json.loads((folder / f"part-{n}.json").read_text("utf-8")) for n in range(told.processes)]
    requests: Counter[str] = Counter()
    for one in parts:
        requests.update(one["requests"])
    found = {
        "sizes": parts[0]["sizes"] | {"forms": sum(one["forms"] for one in parts)},
        "requests": {key: requests[key] for key in SWEEPS},
        "faults": sorted({fault for one in parts for fault in one["faults"]}),
        "acted": sum(one["acted"] for one in parts),
        "choices": sum(one["choices"] for one in parts),
    }
    (folder / "found.json").write_text(json.dumps(found), "utf-8")
    return 0


def copy(folder: Path, n: int) -> str:
    """The address of a database of its own."""
    url = os.environ["TEST_DATABASE_URL"]
    if url.startswith("sqlite"):
        shutil.copyfile(folder / "tables.sqlite3", folder / f"copy{n}.sqlite3")
        return f"sqlite:///{folder / f'copy{n}.sqlite3'}"
    from django.db import connection

    given = connection.get_connection_params()
    where = ["--host", str(given["host"]), "--username", str(given["user"])]
    subprocess.run(["createdb", *where, "--template", str(given["dbname"]), f"copy{n}"], check=True)
    return url.replace("///clea?", f"///copy{n}?")


def ready() -> None:
    """Django, with the settings of the tests."""
    import logging
    import warnings

    import django

    from tests import conftest

    django.setup()
    conftest.pytest_configure(None)  # type: ignore[arg-type]
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def part(told: argparse.Namespace) -> int:
    """A share of every sweep."""
    ready()
    n, parts = (int(one) for one in told.part.split("/"))
    from tests.access import asking, neighbours
    from tests.access.matrix import Role, addresses, all_rows

    rows = all_rows()
    wanted = [name for name in SWEEPS if not told.only or name in told.only]
    done: dict[str, Any] = {"requests": {}, "faults": [], "acted": 0, "choices": 0, "forms": 0}
    done["sizes"] = {"addresses, each with its row": len(addresses()), "roles": len(Role)}
    two = [name for name in wanted if name in {"objects", "choices", "bodies", "actions"}]
    if two:
        with neighbours.two_worlds() as (world, neighbour):
            for name in two:
                keep(done, name, beside(name, rows, world, neighbour, n, parts, told))
    one = [name for name in wanted if name not in {*two, "dressed"}]
    if one:
        with asking.a_world() as world:
            for name in one:
                keep(done, name, alone(name, rows, world, n, parts, told, done))
    if "dressed" in wanted:
        from tests.access import dressed

        with asking.a_world() as world:
            dressed.dress(world)
            keep(done, "dressed", dressed.sweep(share(rows, n, parts, told), world))
    (Path(os.environ["MATRIX_DIR"]) / f"part-{n}.json").write_text(json.dumps(done), "utf-8")
    return 0


def share(rows: Sequence[Any], n: int, parts: int, told: argparse.Namespace) -> list[Any]:
    """This process's rows, of one in ``--rounds``."""
    return list(rows[told.seed % told.rounds :: told.rounds][n::parts])


def keep(done: dict[str, Any], name: str, found: Any) -> None:
    done["requests"][name] = found.requests
    done["faults"] += [f"{name}: {fault}" for fault in found.faults]
    done["acted"] += getattr(found, "acted", 0)
    done["choices"] += getattr(found, "choices", 0)
    print(f"  {SWEEPS[name]}: {found.requests} requests, {len(found.faults)} faults", flush=True)
    for fault in found.faults[:20]:
        print(f"    {fault}", flush=True)


def beside(name: str, rows: Any, world: Any, neighbour: Any, n: int, parts: int, told: Any) -> Any:
    from tests.access import actions, forms, objects

    own = share(rows, n, parts, told)
    if name == "actions":
        return actions.sweep(world, neighbour) if n == 0 else objects.Found()
    if name == "choices":
        walked = forms.crawl(own, world, neighbour)
        seen = objects.leaks(own, world, neighbour)
        walked.requests += seen.requests
        walked.faults = sorted({*walked.faults, *seen.faults})
        return walked
    return objects.sweep(own, world, neighbour) if name == "objects" else objects.bodies(own, world, neighbour)


def alone(name: str, rows: Any, world: Any, n: int, parts: int, told: Any, done: dict[str, Any]) -> Any:
    from tests.access import forms, texts, whole
    from tests.access.matrix import Role

    own = share(rows, n, parts, told)
    if name == "matrix":
        return whole.sweep(rows[n::parts], world)
    if name in {"forms", "malformed"}:
        if "forms" not in vars(world):
            world.forms = forms.crawl(own, world).forms
            done["forms"] = len(world.forms)
        return texts.sweep(world.forms, world) if name == "forms" else texts.malformed(world.forms, world)
    if name == "methods":
        return texts.methods(own, world, tuple(Role))
    return texts.queries(own, world) if name == "queries" else texts.arguments(own, world)


if __name__ == "__main__":
    sys.exit(main())
