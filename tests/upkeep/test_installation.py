"""An installation from nothing by the commands that docs/production.md gives, and what it then does."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.test_serve import QUEUE_A_MAIL

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
PATIENCE = 240  # seconds: the machine may be busy with the other tests
TOKEN = "only-for-the-tools"


def commands(mark: str) -> list[str]:
    """The lines of the page's block that bears this mark, without their comments."""
    block = re.search(rf"<!-- {mark}:.*?```sh\n(.*?)```", PAGE, re.DOTALL)
    assert block, f"docs/production.md has no block called {mark}"
    return [line.partition("  #")[0].strip() for line in block[1].splitlines()]


def arguments(command: str) -> list[str]:
    """As typed, but with the Python that runs the tests."""
    words = shlex.split(command)
    program = Path(words[0]).name
    if program == "python":
        return [sys.executable, *words[1:]]
    return [str(Path(sys.executable).with_name(program)) if words[0].startswith(".venv/") else words[0], *words[1:]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(true: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, what
        time.sleep(0.2)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty PostgreSQL, for this module alone."""
    said = tmp_path_factory.mktemp("postgresql") / "address"
    keep = ["bash", "-c", 'echo "$DATABASE_URL" >"$0.new"; mv "$0.new" "$0"; exec sleep 600', str(said)]
    server = subprocess.Popen([str(ROOT / "scripts" / "with_postgres.sh"), *keep])
    try:
        eventually(said.exists, "PostgreSQL did not start")
        yield said.read_text(encoding="utf-8").strip()
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


@pytest.fixture
def environment(postgresql: str, tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "DEBUG": "false",
        "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DATABASE_URL": postgresql,
        "EMAIL_URL": f"filemail:///{tmp_path / 'mails'}",
        "SITE_URL": "https://localhost",
        "VAR_DIR": str(tmp_path / "var"),
        "LEGAL_NOTICE": json.dumps(
            {"director": "D", "address": "A", "host_name": "H", "host_address": "A", "host_phone": "0"}
        ),
        "METRICS_TOKEN": TOKEN,
        "BIND": f"127.0.0.1:{free_port()}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def get(environment: dict[str, str], path: str, **said: str) -> tuple[int, str]:
    # What a proxy with TLS in front would say.
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "localhost", **said}
    asked = urllib.request.Request(f"http://{environment['BIND']}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def test_the_documented_commands_make_an_installation_that_works(environment: dict[str, str], tmp_path: Path) -> None:
    for command in commands("installation"):
        done = subprocess.run(
            arguments(command), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        if "--deploy" in command:
            assert "no issues" in done.stdout + done.stderr

    processes = []
    try:
        for number, command in enumerate(commands("processes")):
            with (tmp_path / f"{number}.log").open("wb") as log:
                processes.append(
                    subprocess.Popen(arguments(command), cwd=ROOT, env=environment, stdout=log, stderr=log)
                )
        eventually(lambda: get(environment, "/sante/pret/")[0] == 200, "the site is not ready")
        # Where the site begins is no visitor's to say, even through a proxy that lets such a header by.
        assert get(environment, "/la/sante/pret/", SCRIPT_NAME="/la")[0] != 200
        queue = [sys.executable, "manage.py", "shell", "-v", "0", "-c", QUEUE_A_MAIL]
        subprocess.run(queue, cwd=ROOT, env=environment, check=True, capture_output=True)
        eventually(lambda: any((tmp_path / "mails").glob("*")), "the worker delivered nothing")

        def clock_passed() -> bool:
            return 'clea_clock_last_timestamp{well="yes",work="rappels"}' in get(environment, "/sante/mesures/")[1]

        eventually(clock_passed, "the clock did nothing")
        # The letter is handed over, then its row says so.
        eventually(
            lambda: 'clea_mails{state="sent"} 1.0' in get(environment, "/sante/mesures/")[1], "no letter is said sent"
        )
        measures = get(environment, "/sante/mesures/")[1]
        assert re.search(r'clea_requests_total\{method="GET",space="sante",status="200"\} \d', measures)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(timeout=PATIENCE) for process in processes]
    assert ended == [0] * len(processes)
    lines = [line for line in (tmp_path / "0.log").read_text(encoding="utf-8").splitlines() if line]
    assert {"clea.access", "gunicorn.error"} <= {json.loads(line)["logger"] for line in lines}


def test_the_containers_and_the_services_run_the_same_commands() -> None:
    documented = {tuple(shlex.split(command)[1:]) for command in commands("processes")}
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ours = [service for service in services.values() if service["image"].startswith("clea:")]
    # Without its own, a service runs the image's.
    image = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[-1]
    run = {tuple(service.get("command") or json.loads(image))[1:] for service in ours}
    assert run - documented == {("manage.py", "prepare", "--no-static")}
    assert documented <= run

    units = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy" / "systemd").glob("*.service"))
    started = {tuple(shlex.split(line)[1:]) for line in re.findall(r"^ExecStart=(.*)$", units, re.MULTILINE)}
    by_queue = ("manage.py", "db_worker", "--no-reload", "--queue-name", "%i")
    queues = {("manage.py", "db_worker", "--no-reload"), (*by_queue[:-1], "travaux")}
    assert started == documented - queues | {by_queue}
