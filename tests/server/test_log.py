"""The log tells where something broke, not what was in its hands."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import structlog
from carrel.server.log import configure
from carrel.server.settings import Settings

def sign_in(password):
    raise RuntimeError("it broke")

configure(Settings(log_format={form!r}))
try:
    sign_in("correct " + "horse")
except RuntimeError:
    structlog.get_logger("carrel").exception("request_failed")
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_holds_no_values(form: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(form=form)], capture_output=True, text=True, env=os.environ, check=True
    )
    assert "RuntimeError: it broke" in ran.stderr
    assert "in sign_in" in ran.stderr
    assert "correct horse" not in ran.stderr
