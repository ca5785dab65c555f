"""Long proofs write what they measured: `make prove` leaves each one's row, dated, in docs/proofs.md for a person to read and commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proofs.md"
HEAD = """# Proofs

What `make prove` showed. Each row is one proof as it last ran: its claim, whether it held, how long it took, what was measured, and on which day at
which commit.

| claim | verdict | took | measured | when |
|---|---|---|---|---|
"""
_rows = pytest.StashKey[dict[str, tuple[str, str, float, str]]]()
_figures = pytest.StashKey[dict[str, object]]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`measured(people=200, memory_growth="1.3 %")`: figures for this proof's row."""
    figures = request.node.stash.setdefault(_figures, {})
    return lambda **values: figures.update(values)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if call.when == "call" or report.failed:
        claim = ((item.obj.__doc__ if hasattr(item, "obj") else None) or item.name).strip().splitlines()[0]  # type: ignore[attr-defined]
        figures = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in item.stash.get(_figures, {}).items())
        report.sections.append(("measured", figures))
        rows = item.config.stash.setdefault(_rows, {})
        rows[item.nodeid] = (claim, "held" if report.passed else "**failed**", call.duration, figures)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """`make prove` alone writes the page. A run of chosen proofs renews their rows; a whole one leaves no other."""
    rows = session.config.stash.get(_rows, {})
    if not rows or "PROVE" not in os.environ:
        return
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    when = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {commit}"
    whole = not session.config.option.keyword and session.config.args == session.config.getini("testpaths")
    lines = {} if whole else _written()
    for claim, verdict, seconds, figures in rows.values():
        lines[claim] = f"| {claim} | {verdict} | {seconds:.0f} s | {figures} | {when} |"
    PAGE.write_text(HEAD + "".join(line + "\n" for line in lines.values()), "utf-8")


def _written() -> dict[str, str]:
    """The page's rows by their claims."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    return {row.split(" | ", 1)[0].removeprefix("| "): row for row in rows}
