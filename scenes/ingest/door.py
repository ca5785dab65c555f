"""The way out of a gate. A mapped file cannot be closed while anything points into it, and a traceback points at everything."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from carrel.scenes.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")


def door(check: Callable[P, T]) -> Callable[P, T]:
    """The gate, whose refusals let go of the file: they keep their words and lose their history."""

    @wraps(check)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return check(*args, **kwargs)
        except Refused as refusal:
            told = Refused(refusal.code, refusal.sentence, refusal.where)
        raise told

    return checked
