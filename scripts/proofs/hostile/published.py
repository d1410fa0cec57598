"""Test files that the authors of libraries publish with their sources: fetched by name and version, hashes pinned.

They come from the Debian sources of this machine's own repositories, under the signatures of Debian, into a folder
that stays (``var/proofs/published``). What cannot be fetched is told, never a failure.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

#: Source package and its version, the archive, its SHA-256.
ARCHIVES = (
    ("qpdf", "11.3.0-1+deb12u1", "qpdf_11.3.0.orig.tar.gz",
     "547cee67de77b5c4ef4917e57d2db9c848cfe3aa950361f68d36367a3a03936e"),
    ("pypdf", "3.4.1-1+deb12u1", "pypdf_3.4.1.orig.tar.xz",
     "97fba6fca8f51945bc44a7875dec9c21d670a08a4b0f045e1360f2803ec6abc6"),
    ("pikepdf", "6.0.0+dfsg-1", "pikepdf_6.0.0+dfsg.orig.tar.xz",
     "eafb9426030404593164613abcd8e032954e10bcbe175a891002e4f9aeba0e97"),
    ("pdfminer", "20221105+dfsg-1.1~deb12u1", "pdfminer_20221105+dfsg.orig.tar.xz",
     "f1f162956168a27fb3be36072f2cc746d2a2de8a6dd2d44c60a6cc6f21c62f9c"),
    ("pdf.js", "2.14.305+dfsg-2", "pdf.js_2.14.305+dfsg.orig.tar.xz",
     "c6248d0b329c9edbea169740571561fd0941d9ff634c1b4c7bdaca5d681f34ce"),
    ("libpdfbox2-java", "2.0.27-2", "libpdfbox2-java_2.0.27.orig.tar.xz",
     "d935d1b222a638f7d8fcde5653ff74bd41f3b73bd8ec5e010bd56e67afa18b90"),
    ("pillow", "9.4.0-1.1+deb12u1", "pillow_9.4.0.orig.tar.xz",
     "0a58ccfbd002838b32e21773bfdaa954a2de08d1f04b87b63d14e751fec3264d"),
    ("openpyxl", "3.0.9-1", "openpyxl_3.0.9.orig.tar.gz",
     "75f49654e568b677edde5ba54573ff518215ad02e8abd96785d3a7d3706133b9"),
    ("python-odf", "1.4.2-2", "python-odf_1.4.2.orig.tar.gz",
     "24ad087f38031b2fe60bf22811b9550887afe1cfdea80672d6573387c3025583"),
)  # fmt: skip

PAPERS = {".pdf", ".fuzz"}
PICTURES = {
    ".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".eps", ".psd", ".fits", ".jp2", ".j2k", ".ico",
    ".ppm", ".pcx", ".tga", ".sgi", ".icns", ".dds", ".apng", ".mpo", ".xpm", ".fli",
}  # fmt: skip
SHEETS = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".xltx"}
#: Heavier ones go through no door.
LARGEST = 20 * 1024 * 1024
#: Samples that clamav's package brings: harmless programs in every wrapping.
SAMPLES = Path("/usr/share/clamav-testfiles")


def fetch(folder: Path) -> list[str]:
    """Have the archives in ``folder``; return what could not be had, in a sentence each."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in ARCHIVES if not _right(folder / one[2], one[3])]
    if not missing:
        return []
    told = _apt(folder, [f"{name}={version}" for name, version, _, _ in missing])
    return [
        f"{name} {version} could not be fetched ({told})"
        for name, version, archive, digest in missing
        if not _right(folder / archive, digest)
    ]


def _right(path: Path, digest: str) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _apt(folder: Path, sources: list[str]) -> str:
    """Ask apt for sources, with lists of its own; the machine's are left alone."""
    lists = folder / "apt"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    places = lists / "places.list"
    places.write_text("\n".join(_places()) + "\n")
    options = [
        "-o", f"Dir::Etc::sourcelist={places}", "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State::lists={lists}",
        "-o", f"Dir::Cache={lists}", "-o", f"APT::Sandbox::User={os.environ.get('USER', 'root')}", "-qq",
    ]  # fmt: skip
    try:
        subprocess.run(["apt-get", *options, "update"], check=True, capture_output=True, timeout=180)
        for source in sources:
            command = ["apt-get", *options, "source", "--download-only", "--tar-only", source]
            subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        return f"apt: {type(error).__name__}"
    return "not in this machine's repositories"


def _places() -> Iterator[str]:
    """The repositories of this machine, as sources, in apt's one-line form."""
    etc = Path("/etc/apt")
    for path in (etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))):
        if path.exists():
            lines = path.read_text(errors="replace").splitlines()
            yield from (line.replace("deb ", "deb-src ", 1) for line in lines if line.startswith("deb "))
    for path in sorted((etc / "sources.list.d").glob("*.sources")):
        for block in path.read_text(errors="replace").split("\n\n"):
            said = dict(line.split(":", 1) for line in block.splitlines() if ":" in line and not line.startswith("#"))
            key = f"[signed-by={said['Signed-By'].strip()}] " if said.get("Signed-By", "").strip() else ""
            for address in said.get("URIs", "").split():
                for suite in said.get("Suites", "").split():
                    yield f"deb-src {key}{address} {suite} {said.get('Components', '').strip()}"


def files(folder: Path, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    """Every file of these kinds in the archives at hand, then among the samples."""
    for name, _, archive, digest in ARCHIVES:
        if not _right(folder / archive, digest):
            continue
        with tarfile.open(folder / archive) as packed:
            for member in packed:
                path = Path(member.name)
                if member.isfile() and path.suffix.lower() in wanted and member.size <= LARGEST:
                    held = packed.extractfile(member)
                    if held is not None:
                        yield f"{name}: {'/'.join(path.parts[1:])}", held.read()
    if wanted is PAPERS and SAMPLES.is_dir():
        for path in sorted(SAMPLES.iterdir()):
            yield f"clamav: {path.name}", path.read_bytes()
