"""`carrel doctor`: is this machine fit to serve, and would browsers and headsets reach it? Each check says what it found and what to do."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from cryptography import x509

from carrel.server import tls
from carrel.server.errors import CarrelError, ConfigurationError
from carrel.server.registry.init import log_folder
from carrel.server.registry.key_file import read_key
from carrel.server.registry.parts import LATEST
from carrel.server.registry.recovery import ABOUT, KEY, place_of, read_about
from carrel.server.settings import Settings

Verdict = Literal["good", "note", "bad"]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
FREE_BYTES_WANTED = 2 << 30
FSYNC_MS_WANTED = 25.0
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")


class Finding(NamedTuple):
    check: str
    verdict: Verdict
    sentence: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check in order; none of them changes anything but a probe file that is removed again."""
    for name, check in CHECKS.items():
        verdict, sentence = check(settings)
        yield Finding(name, verdict, sentence)


def _network(settings: Settings) -> tuple[Verdict, str]:
    if settings.host in LOOPBACK:
        return "note", (
            "Only this machine can reach the library. For others: --host 0.0.0.0, with --tls self-signed or a certificate."
        )
    if not settings.tls_cert and not settings.public_url.startswith("https://"):
        return (
            "bad",
            "Open to the network without TLS: passwords travel in clear and headsets refuse WebXR. Give --tls.",
        )
    return "good", f"Open to the network on {settings.host}, as asked."


def _port(settings: Settings) -> tuple[Verdict, str]:
    try:
        with socket.create_server((settings.host, settings.port), reuse_port=False):
            return "good", f"Port {settings.port} is free."
    except PermissionError:
        return "bad", f"Port {settings.port} needs more rights; take one above 1023 and let a proxy stand before it."
    except OSError as error:
        running = _answers(settings)
        if running is not None:
            return "good", f"Carrel already answers on port {settings.port} ({running})."
        return "bad", f"Port {settings.port} cannot be used ({error.strerror}). Stop what holds it or choose --port."


def _tls(settings: Settings) -> tuple[Verdict, str]:
    if not settings.tls_cert:
        return "note", "No TLS here. Fine on loopback or behind a proxy that has it; headsets need HTTPS."
    try:
        tls.context(settings)
    except ConfigurationError as error:
        return "bad", str(error)
    path = Path(settings.tls_cert)
    if settings.tls_cert == tls.SELF_SIGNED:
        return "note", "A self-signed certificate: browsers warn once, then all works. Compare its fingerprint."
    ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    days = (ends.timestamp() - time.time()) / 86_400
    if days < 0:
        return "bad", f"The certificate ended on {ends:%Y-%m-%d}."
    return ("note" if days < 21 else "good"), f"The certificate is valid until {ends:%Y-%m-%d}."


def _disk(settings: Settings) -> tuple[Verdict, str]:
    folder = Path(settings.data_dir)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return "bad", f"The data folder {folder} cannot be made or read: {error.strerror}."
    mode = folder.stat().st_mode & 0o007
    if free < FREE_BYTES_WANTED:
        return "bad", f"{free / (1 << 30):.1f} GiB are free for the data folder; keep at least 2 GiB."
    if mode:
        return "note", f"{free / (1 << 30):.0f} GiB free, but others on this machine can look into {folder}: chmod 700."
    return "good", f"{free / (1 << 30):.0f} GiB are free for {folder}."


def _fsync(settings: Settings) -> tuple[Verdict, str]:
    """Median of eleven small durable writes, milliseconds; the ledger and scenes wait for one each."""
    probe = Path(settings.data_dir) / ".doctor-probe"
    times = []
    try:
        with probe.open("wb") as file:
            for _ in range(11):
                file.write(b"carrel")
                file.flush()
                began = time.perf_counter()
                os.fsync(file.fileno())
                times.append((time.perf_counter() - began) * 1000)
    except OSError as error:
        return "bad", f"Writing durably to {settings.data_dir} fails: {error.strerror}."
    finally:
        probe.unlink(missing_ok=True)
    median = sorted(times)[len(times) // 2]
    if median > FSYNC_MS_WANTED:
        return "note", f"A durable write takes {median:.1f} ms here; an SSD makes edits and entries feel instant."
    return "good", f"A durable write takes {median:.1f} ms."


def _ledger(settings: Settings) -> tuple[Verdict, str]:
    """Whether the log would open, as far as can be seen without opening it, and whether backups could roll back what it signed."""
    folder = log_folder(settings)
    if not (folder / ABOUT).exists():
        return (
            "note",
            f"The first start makes a ledger in {folder}. Give `public_url` or `ledger_origin` before, for its name is for ever.",
        )
    try:
        about = read_about(folder)
        origin, latest = about.origin, about.latest or folder / LATEST
        read_key(folder / KEY)
        if not place_of(about, folder).read():
            return "bad", f"{latest} is empty: put the checkpoint there that your readers or witnesses saw last."
        mode = (folder / KEY).stat().st_mode & 0o077
        apart = "://" in str(latest) or Path(latest).stat().st_dev != folder.stat().st_dev
    except OSError as error:
        return "bad", f"The ledger in {folder} cannot be read: {error}."
    except CarrelError as error:
        return "bad", str(error)
    if mode:
        return "bad", f"Others on this machine can read the log's key: chmod 600 {folder / KEY}."
    if not apart and not settings.ledger_policy:
        return "note", (
            f"{origin} looks well. Leave {latest} out of backups, or let it be on a disk of its own: it is what shows that an old copy was put back."
        )
    return "good", f"{origin} looks well."


def _sandbox(_: Settings) -> tuple[Verdict, str]:
    """Which walls a worker gets here that looks at people's files."""
    from carrel.server.sandbox import Worker
    from carrel.server.sandbox.walls import ALL, APART

    worker = Worker("walls")
    try:
        standing = worker.ready()
    except CarrelError as error:
        return "bad", f"Files from people cannot be looked at: {error}"
    finally:
        worker.end()
    missing = [name for name in ALL if name not in standing]
    if not set(standing) & APART:
        return "bad" if sys.platform.startswith("linux") else "note", (
            f"Files from people are looked at within {', '.join(standing)} only: a file that breaks the program that reads it could read "
            "this library's keys. Take Linux 5.13 or newer, in a container whose profile allows Landlock or seccomp."
        )
    if missing:
        return (
            "note",
            f"Files from people are looked at behind {', '.join(standing)}; not possible here: {', '.join(missing)}.",
        )
    return "good", f"Files from people are looked at behind every wall: {', '.join(standing)}."


def _browser(settings: Settings) -> tuple[Verdict, str]:
    """Ask the address that readers type, as their browser would, when a library answers there."""
    answer = _answers(settings)
    if answer is None:
        return "note", "Nothing answers there yet; run this again while `carrel serve` runs to check what browsers see."
    return "good", f"A browser on this machine is answered ({answer})."


def _proxies(settings: Settings) -> tuple[Verdict, str]:
    set_here = [name for name in PROXY_VARIABLES if os.environ.get(name) or os.environ.get(name.upper())]
    if settings.public_url and not settings.trusted_proxies:
        return "bad", (
            "public_url says that a proxy stands before us, but trusted_proxies is empty: every reader would share one "
            "rate limit. Name the proxy's network, and let it pass WebSocket upgrades on /rooms/ and /socket.io/."
        )
    if set_here:
        return "note", f"{', '.join(set_here)} is set: fetching from other libraries will go through it."
    return "good", "No proxy stands between, as far as this machine knows."


def _answers(settings: Settings) -> str | None:
    """`version` of the Carrel that answers at our own address, or None."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    scheme = "https" if settings.tls_cert else "http"
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
    try:
        with opener.open(f"{scheme}://{host}:{settings.port}/api/health", timeout=3) as answer:
            return str(msgspec.json.decode(answer.read(4096)).get("version", "unknown version"))
    except (OSError, ValueError, AttributeError, msgspec.MsgspecError):
        return None


CHECKS: dict[str, Callable[[Settings], tuple[Verdict, str]]] = {
    "network": _network,
    "port": _port,
    "TLS": _tls,
    "disk": _disk,
    "fsync": _fsync,
    "ledger": _ledger,
    "sandbox": _sandbox,
    "browser": _browser,
    "proxies": _proxies,
}
