"""The project as a whole: what no single app can promise."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("clea", "structures", "candidatures", "residencies")
# Lines. A file of tests may hold a little more: one reads a single test of it.
LONGEST_MODULE, LONGEST_TESTS = 500, 600
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tracked(*patterns: str) -> list[Path]:
    """The files that git keeps, or would keep: not the virtual environment, not the data."""
    listed = subprocess.run(
        # A container may run as another user than the one who cloned.
        [
            "git",
            "-c",
            f"safe.directory={ROOT}",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            *patterns,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def pins(requirements: list[str]) -> dict[str, str]:
    found = {}
    for requirement in requirements:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([\w.]+)", requirement)
        assert match, f"{requirement} is not pinned to one version"
        found[normalised(match[1])] = match[2]
    return found


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {normalised(found[1]): found[2] for found in re.finditer(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)}


# Dependencies -----------------------------------------------------------------------------------


def test_the_locks_hold_what_the_project_asks_for() -> None:
    wanted = pins(PROJECT["dependencies"])
    assert wanted.items() <= locked("requirements.lock").items(), "make lock"
    wanted |= pins(PROJECT["optional-dependencies"]["dev"])
    assert wanted.items() <= locked("requirements-dev.lock").items(), "make lock"


def test_the_tests_run_on_the_versions_that_serve() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_versions_and_hashes_and_no_address(name: str) -> None:
    logical = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line.strip() and not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; [^@:/]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line), line


def test_nothing_names_the_machine_it_was_written_on() -> None:
    # Spelled in pieces, or this file would be its own fault.
    places = "|".join(["/" + "root/", "/" + "work/", "/" + "home/[a-z]", "/tmp/" + "bash_", "/" + "opt/"])
    hosts = "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npm", "npm" + r"js\.(com|org)"])
    forbidden = re.compile(f"(?<![\\w.])({places})|{hosts}")
    faults = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{path.relative_to(ROOT)}: {found.group(0)}" for found in forbidden.finditer(text)]
    assert not faults, "\n".join(faults)


# Settings ---------------------------------------------------------------------------------------


def test_every_variable_of_the_settings_is_in_the_example_and_none_other() -> None:
    settings = (ROOT / "clea" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert example == read


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL"),
        ({"SECRET_KEY": "short", "ALLOWED_HOSTS": "a.test", "DATABASE_URL": "sqlite://:memory:"}, "50 characters"),
        (
            {
                "SECRET_KEY": "s" * 60,
                "ALLOWED_HOSTS": "a.test",
                "DATABASE_URL": "sqlite://:memory:",
                "STAFF_SECOND_FACTOR": "false",
            },
            "STAFF_SECOND_FACTOR",
        ),
    ],
)
def test_production_refuses_to_start_half_configured(changes: dict[str, str], message: str, tmp_path: Path) -> None:
    # A folder without a .env, whatever lies in the project's.
    environment = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path), "DEBUG": "false", "PYTHONPATH": str(ROOT)}
    empty = dict.fromkeys(("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"), "")
    done = subprocess.run(
        [sys.executable, "-c", "import clea.settings"],
        cwd=tmp_path,
        env={**environment, **empty, **changes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert message in done.stderr


# Sources ----------------------------------------------------------------------------------------


def test_no_module_is_too_long_to_read() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked("*.py")
        if "migrations" not in path.parts
    }
    assert not {
        name: length
        for name, length in lengths.items()
        if length > (LONGEST_TESTS if name.startswith("tests/") else LONGEST_MODULE)
    }


def web_templates() -> list[Path]:
    """The templates that a browser reads; PDFs and mails carry their own style."""
    return [
        path
        for path in tracked("*.html")
        if "templates" in path.parts and not {"pdf", "mail"} & set(path.relative_to(ROOT).parts)
    ]


def test_no_template_needs_a_hole_in_the_content_security_policy() -> None:
    inline = re.compile(
        r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\b(?:src|type=\"application/))",
        re.IGNORECASE,
    )
    comment = re.compile(r"\{#.*?#\}|\{% comment .*?endcomment %\}|<!--.*?-->", re.DOTALL)
    faults = [
        f"{path.relative_to(ROOT)}: {found.group(0)}"
        for path in web_templates()
        for found in inline.finditer(comment.sub("", path.read_text(encoding="utf-8")))
    ]
    assert not faults, "\n".join(faults)


def test_the_licence_is_the_whole_text() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\S", text, re.MULTILINE), f"article {article}"
    assert "Appendix" in text


def test_every_command_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE))
    told = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert phony == told
    assert {"run", "test", "bench", "clean", "lint", "types", "messages", "lock"} <= told


def test_the_table_of_licences_is_that_of_the_lock() -> None:
    page = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([\w.]+) \| [^|]+ \| (?:runs|tests) \|$", page, re.MULTILINE))
    assert table == locked("requirements-dev.lock"), "make licences"


def test_the_page_of_states_is_drawn_from_the_code() -> None:
    drawn = runpy.run_path(str(ROOT / "scripts" / "states.py"))["page"]()
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == drawn, "make states"


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", *sorted(p.name for p in (ROOT / "docs").rglob("*.md"))])
def test_the_links_of_the_papers_lead_somewhere_and_their_pictures_are_light(page: str) -> None:
    path = next(folder / page for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "guides") if (folder / page).exists())
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    for target in (target for target in targets if "://" not in target):
        found = path.parent / target
        assert found.is_file(), f"{page}: {target}"
        if found.suffix in {".webp", ".png"}:
            assert found.stat().st_size < 150_000, f"{target} is heavy"
