"""Tools that the project must not see, each in a virtual environment of its own, at an exact version."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def installed(folder: Path, package: str, version: str) -> bool:
    """Whether the tool is there, fetched if it was not. ``False`` when it cannot be."""
    stamp = folder / f"{package}-{version}"
    if stamp.exists():
        return True
    print(f"Installing {package} ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, f"{package}=={version}"], check=False)
    if done.returncode == 0:
        stamp.touch()
    return done.returncode == 0


def install(folder: Path, package: str, version: str) -> None:
    """The same, where one cannot do without."""
    if not installed(folder, package, version):
        raise SystemExit(f"{package} {version} cannot be fetched")
