"""Addresses of logs and witnesses that somebody wrote down."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def split_address(url: str) -> SplitResult:
    """The parts of `http(s)://host/path`. ValueError, with a sentence that follows "is not an address: ", for anything more or less."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("it is http(s)://host/path without more")
    if any(mark <= " " or mark > "~" for mark in url):
        raise ValueError("it is plain ASCII without spaces")
    return parts
