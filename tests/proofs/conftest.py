"""Long proofs write what they measured: `make prove` leaves it, dated, in docs/proofs.md for a person to read and commit."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proofs.md"
HEAD = """# Proofs

What `make prove` showed when it last ran whole. Each row is one proof: its claim, whether it held, how long it took, and what was measured.

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
    """Only a whole run writes the page: a run of chosen proofs would leave half of it out."""
    rows = session.config.stash.get(_rows, {})
    if (
        not rows
        or os.environ.get("CI")
        or session.config.option.keyword
        or session.config.args != session.config.getini("testpaths")
    ):
        return
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    when = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, at {commit}."
    lines = [
        f"| {claim} | {verdict} | {seconds:.0f} s | {figures} |" for claim, verdict, seconds, figures in rows.values()
    ]
    PAGE.write_text(
        HEAD + when + "\n\n| claim | verdict | took | measured |\n|---|---|---|---|\n" + "\n".join(lines) + "\n",
        "utf-8",
    )
