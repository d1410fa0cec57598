"""The command: ``make audit``, or parts of it: ``make audit ARGS="--only html --roles juror"``."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from .site import RESULTS, ROLES, ROOT, as_production, build, free_port, served, sessions, tools

PARTS = ("html", "looks", "forms", "lighthouse")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="the parts to run")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES, help="who looks")
    parser.add_argument("--match", default="", help="only pages whose path or name holds this")
    parser.add_argument("--kinds", action="store_true", help="one page of each kind, whoever opens it")
    parser.add_argument("--workers", type=int, default=2, help="browsers at a time")
    parser.add_argument("--folder", type=Path, help="a demonstration already built, copied first")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    started = time.monotonic()
    sys.path.insert(0, str(ROOT))
    RESULTS.mkdir(parents=True, exist_ok=True)
    node = tools()
    with tempfile.TemporaryDirectory(prefix="clea-audit-") as temporary:
        folder = Path(temporary) / "var"
        print("Preparing the demonstration ...", flush=True)
        if options.folder:
            shutil.copytree(options.folder, folder)
        build(folder)
        port = free_port()
        as_production(folder, port)
        import django

        django.setup()
        from . import checker, crawl, lighthouse, looks, report

        pages_folder = RESULTS / "pages"
        shutil.rmtree(pages_folder, ignore_errors=True)
        with served(folder, port) as site:
            cookies = sessions()
            print("Collecting the pages ...", flush=True)
            pages = crawl.Crawl(site, cookies, pages_folder).run(list(options.roles))
            shown = [page for page in pages if page.file and options.match in f"{page.path} {page.name}"]
            if options.kinds:
                shown = list({page.name: page for page in reversed(shown)}.values())
            result = report.Result(pages=pages, unseen=crawl.unseen(pages), whole=whole(options))
            if "html" in options.only:
                print(f"The Nu checker reads {len(shown)} pages ...", flush=True)
                said = checker.check(node, pages_folder, [page.file for page in shown])
                for page in shown:
                    result.add(page.role, page.path, page.name, said.get(page.file, []))
                result.checked = len(shown)
                result.keep()
            if "lighthouse" in options.only:
                listed = [
                    site + page.path for page in pages if page.sitemap and options.match in f"{page.path} {page.name}"
                ]
                print(f"Lighthouse reads {len(listed)} pages ...", flush=True)
                result.measures = lighthouse.measure(node, listed)
                for one in result.measures:
                    path = one["url"].removeprefix(site)
                    result.add("anonymous", path, crawl.name_of(path), lighthouse.faults(one))
                result.keep()
            looked = []
            if "looks" in options.only or "forms" in options.only:
                print(f"Browsers look at {len(shown)} pages ...", flush=True)
                each = [asdict(page) for page in shown]
                looked = looks.look_at(site, cookies, each, pages_folder, workers=options.workers)
                for one in looked:
                    result.add(one["role"], one["path"], one["name"], one["faults"])
                result.looked = len(looked)
                result.keep()
            if "forms" in options.only:
                forms = looks.to_send(looked)
                print(f"{len(forms)} forms are sent empty ...", flush=True)
                sent = looks.look_at(site, cookies, forms, pages_folder, workers=options.workers, forms=True)
                said = checker.check(node, pages_folder, [one["file"] for one in sent if one.get("file")])
                for one in sent:
                    faults = one["faults"] + said.get(one.get("file", ""), [])
                    result.add(one["role"], f"{one['path']} (form {one['form']} sent empty)", one["name"], faults)
                result.forms = len(sent)
                (RESULTS / "forms.json").write_text(json.dumps(sent, indent=1, ensure_ascii=False))
        result.seconds = time.monotonic() - started
    result.keep()
    result.publish()
    print(result.summary())
    return 1 if result.faults else 0


def whole(options: argparse.Namespace) -> bool:
    return (
        set(options.only) == set(PARTS) and set(options.roles) == set(ROLES) and not options.match and not options.kinds
    )


if __name__ == "__main__":
    sys.exit(main())
