"""The Nu HTML checker, on the HTML as it was sent."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from pathlib import Path

# Said of correct pages: advice that does not hold here.
IGNORED: tuple[str, ...] = ()


def check(tools: Path, folder: Path, files: list[str]) -> dict[str, list[str]]:
    """What is wrong in each file of the folder: errors, and warnings."""
    jar = tools / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    found: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(files), 200):
        done = subprocess.run(
            ["java", "-Xss4m", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always",
             *files[start : start + 200]],
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for message in json.loads(done.stdout)["messages"]:
            if message["type"] == "info" and message.get("subType") != "warning":
                continue
            if any(message["message"].startswith(ignored) for ignored in IGNORED):
                continue
            word = "error" if message["type"] == "error" else message.get("subType", message["type"])
            extract = " ".join(message.get("extract", "").split())[:140]
            found[Path(message["url"]).name].append(f"HTML {word}: {message['message']} [{extract}]")
    return dict(found)
