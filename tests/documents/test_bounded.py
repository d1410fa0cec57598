"""What strangers send is opened by processes that may die, a few at once, and what they ask is answered."""

from __future__ import annotations

import io
import json
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pytest_django import Settings

from clea.documents import reader_server
from clea.documents import services as documents
from clea.documents.pdf.pages_only import keep_pages_only
from clea.documents.pdf.structure import Structure
from clea.documents.services import assembly, bounded
from tests import pdfs
from tests.documents.desk import Desk
from tests.pdfs.build import BLANK, ONE_PAGE_TREE

LIMITS: dict[str, Any] = {"memory": 256 * 1024 * 1024, "cpu": 5, "wall": 5.0}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


@pytest.fixture
def for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """The assembler in a process of its own, as in production."""
    monkeypatch.setattr(assembly, "bounded", bounded)


def test_a_program_asks_for_what_only_the_site_knows(program: Path) -> None:
    program.write_text("import json\nprint(json.dumps({'ask': 'x'}), flush=True)\nprint(input())")
    assert bounded.run(program, [], answer=lambda said: {"heard": said["ask"]}, **LIMITS) == {"heard": "x"}


@pytest.mark.parametrize(
    "text",
    ["print('[' * 90000)", "print('[1]')", "raise SystemExit(3)", "print('{\"ask\": 1}')"],
)
def test_what_a_program_should_not_say_is_no_answer(text: str, program: Path) -> None:
    program.write_text(text)
    assert bounded.run(program, [], **LIMITS) is None


def test_no_more_are_open_at_once_than_the_machine_was_told(program: Path, settings: Settings) -> None:
    settings.READERS_AT_ONCE = 1
    program.write_text("print('{}')")
    with bounded._turn(0), pytest.raises(documents.PieceRefused, match="dans une minute") as caught:
        bounded.run(program, [], turn=0, **LIMITS)
    assert caught.value.code == "busy"
    assert bounded.run(program, [], turn=0, **LIMITS) == {}


def test_a_program_that_crashes_is_the_last_of_its_server(program: Path) -> None:
    """What one file makes of the memory says nothing of where the next is read."""
    told = "import os\nprint('{\"server\": %d}' % os.getppid())"
    program.write_text(told)
    first = bounded.run(program, [], **LIMITS)
    assert bounded.run(program, [], **LIMITS) == first
    program.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)")
    assert bounded.run(program, [], **LIMITS) is None
    left = bounded._servers[-1].process
    program.write_text(told)
    assert bounded.run(program, [], **LIMITS) not in (None, first)
    # It leaves no zombie once it has gone, at the next file.
    with suppress(ChildProcessError):  # gone and buried already
        os.waitid(os.P_PID, left.pid, os.WEXITED | os.WNOWAIT)
    assert bounded.run(program, [], **LIMITS)
    assert not Path(f"/proc/{left.pid}").exists()


def test_a_server_that_was_killed_is_replaced(program: Path) -> None:
    program.write_text("print('{}')")
    assert bounded.run(program, [], **LIMITS) == {}
    bounded._servers[-1].process.kill()
    bounded._servers[-1].process.wait()
    assert bounded.run(program, [], **LIMITS) == {}


def test_a_program_dies_with_the_process_that_asked_for_it(program: Path, tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    program.write_text("import sys, time\nprint(sys.argv[1])\nwhile True: open(sys.argv[1], 'w'); time.sleep(0.01)")
    server = bounded._Server()
    reader = server.begin(json.dumps({"program": str(program), "arguments": [str(beat)]}).encode(), 0)
    assert reader is not None
    server.control.close()  # as when this process is killed
    server.process.wait(5)
    reader.end()
    beat.unlink(missing_ok=True)
    time.sleep(0.05)
    assert not beat.exists()


@pytest.mark.parametrize(
    "act",
    [
        "",  # its server is killed
        "os.closerange(3, 100)",  # as one that a file took over: nothing says any more that it lives
        "os.fork() or print('{}', flush=True) or os._exit(0)",  # what it leaves holds all that it held
        "os.fork() and os._exit(0)",
    ],
)
def test_no_program_outlives_its_time_nor_holds_up_the_others(act: str, program: Path, tmp_path: Path) -> None:
    beat, began = tmp_path / "beat", time.monotonic()
    program.write_text(f"import os, time\n{act}\nwhile True: open({str(beat)!r}, 'w'); time.sleep(0.01)")

    def kill_its_server() -> None:
        while not beat.exists():
            time.sleep(0.01)
        bounded._servers[-1].process.kill()

    killer = threading.Thread(target=kill_its_server)
    if not act:
        killer.start()
    assert bounded.run(program, [], **LIMITS | {"wall": 2.0}) in (None, {})
    program.write_text("print('{}')")
    assert bounded.run(program, [], **LIMITS) == {}
    assert time.monotonic() - began < 15
    if not act:
        killer.join()
    beat.unlink(missing_ok=True)
    time.sleep(0.05)
    assert not beat.exists()


def test_a_server_that_cannot_make_another_reader_still_watches_those_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    leash, other = socket.socketpair()
    with control, leash:
        server = reader_server.Server(theirs)
        monkeypatch.setattr(os, "fork", refuse)
        with other:
            message = json.dumps({"program": "any", "arguments": []}).encode()
            socket.send_fds(control, [message], [other.fileno()] * 3)
        server._asked()
        assert leash.recv(1) == b""
        with pytest.raises(BrokenPipeError):
            control.send(b"another")


def test_a_program_holds_nothing_of_its_server_nor_of_the_others(program: Path) -> None:
    program.write_text("import json, os\nprint(json.dumps({'held': len(os.listdir('/proc/self/fd'))}))")
    # What it listens and speaks to, what says that it lives, its place, and the folder that it lists.
    assert bounded.run(program, [], **LIMITS) == {"held": 6}


@pytest.mark.usefixtures("for_real")
def test_a_dossier_is_put_together_away_from_the_site(desk: Desk) -> None:
    form = pdfs.document(1)
    pdfs.field(form, "nom", "Élise")
    desk.add(pdfs.write(form))
    tagged = pdfs.changed(lambda pdf: pdf.pages[0].obj.update({"/Alt": pikepdf.String("chez Camille")}))
    part = desk.add(tagged)
    desk.parts[-1] = documents.Part(part.title, part.path, part.sha256, part.pages, reword=str.upper)
    desk.assemble()
    with desk.open() as made:
        assert len(made.pages) == 5


@pytest.mark.usefixtures("for_real")
def test_a_dossier_beyond_the_limits_fails_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(pdfs.sound(1))
    monkeypatch.setattr(assembly, "WALL_SECONDS", 0.01)
    with pytest.raises(documents.AssemblyFailed, match="limits"):
        desk.assemble()
    assert list(desk.out.parent.iterdir()) == []


def test_a_piece_that_could_not_be_assembled_is_refused_at_the_door(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from clea.documents import inspector

    def stumble(*_: object) -> None:
        raise ValueError("later")

    path = tmp_path / "piece.pdf"
    path.write_bytes(pdfs.sound(1))
    monkeypatch.setattr("clea.documents.pdf.merge.strip_metadata", stumble)
    assert inspector.judge(str(path), 40, str(tmp_path / "out.pdf")) == {"code": "truncated"}


def test_the_assembler_says_what_stopped_it(tmp_path: Path) -> None:
    from clea.documents import assembler

    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\n")
    told = assembler.work({"clean": str(tmp_path / "x.pdf")}, str(tmp_path / "out.pdf"), lambda _: {})
    assert json.dumps(told).startswith('{"failed": "PdfError')


def test_a_key_that_holds_nothing_stops_no_anonymous_copy() -> None:
    """Found by the corpus: qpdf tells such a key and says that it is not there."""
    data = pdfs.raw(b"<< /Type /Catalog /Pages 2 0 R /Threads null >>", ONE_PAGE_TREE, BLANK)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        keep_pages_only(pdf, str)
        assert "/Threads" not in pdf.Root


def test_a_language_kept_apart_stops_no_dossier() -> None:
    """Found by the corpus: an object of one file cannot be put in another."""
    with pdfs.document(1) as pdf, pikepdf.new() as out:
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Array(), ParentTree=pikepdf.Dictionary())
        pdf.Root.Lang = pdf.make_indirect(pikepdf.String("en"))
        Structure(out, "fr").add(pdf, [], "Pièce", tagged=True)
        said = [one.get("/Lang") for one in out.objects if isinstance(one, pikepdf.Dictionary)]
        assert "en" in [str(language) for language in said]
