"""A suite that skips is a suite that lies: a skipped or expected failure fails the run."""

from __future__ import annotations

import pytest

FORBIDDEN = ("skipped", "xfailed", "xpassed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    left_out = sum(len(reporter.stats.get(kind, [])) for kind in FORBIDDEN)
    if left_out:
        reporter.write_line(f"{left_out} test(s) skipped or expected to fail: not allowed here.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
