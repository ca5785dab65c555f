"""The witness as a server: every answer of C2SP tlog-witness over HTTP, what it keeps on its disk, and what it does when the disk fails."""

from __future__ import annotations

import asyncio
import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.ledger.checkpoint import COSIGNATURE, Checkpoint, Note, parse_note
from carrel.ledger.witness import MAX_REQUEST_BYTES, AddCheckpoint, Decision, parse_answer
from carrel.server.errors import BadRequest, ConfigurationError, StorageError
from carrel.server.registry import witness_server
from carrel.server.registry.errors import AnotherWriter, Damaged
from carrel.server.registry.witness_commands import create_witness, read_logs, read_signer
from carrel.server.registry.witness_memory import MOST_KEPT, Memory
from carrel.server.registry.witness_server import Witness, make_app
from carrel.server.settings import Settings
from tests.ledger.make_vectors import LOG, ORIGIN, OTHER_LOG, WITNESSES, Log

LEDGER = Log(300)
LOGS = {ORIGIN: [LOG.verifier()]}
SIGNER = WITNESSES[0]
KEY = SIGNER.verifier(COSIGNATURE)


class Clock:
    now_ms = 1_767_225_600_000

    def __call__(self) -> int:
        self.now_ms += 1000
        return self.now_ms


def request(old: int, new: int, note: Note | None = None, proof: tuple[bytes, ...] | None = None) -> bytes:
    if proof is None:
        proof = LEDGER.consistency(old, new) if 0 < old <= new else ()
    return AddCheckpoint.of(old, proof, note or LEDGER.checkpoint(new)).encode()


def forged(size: int, salt: int = 0) -> Note:
    return Checkpoint(ORIGIN, size, bytes([salt]) * 32).sign([LOG])


def open_witness(folder: Path, clock: Callable[[], int] | None = None) -> Witness:
    return Witness(SIGNER, LOGS, Memory(folder, LOGS), clock or Clock())


@pytest.fixture
async def client(tmp_path: Path) -> TestClient:  # type: ignore[type-arg]
    clock = Clock()
    witness = open_witness(tmp_path, clock)
    async with TestClient(TestServer(make_app(witness, clock, Settings()))) as made:
        yield made  # type: ignore[misc]
    witness.memory.close()


async def ask(client: TestClient, body: bytes) -> ClientResponse:  # type: ignore[type-arg]
    return await client.post("/add-checkpoint", data=body)


async def test_a_checkpoint_is_cosigned_and_then_its_continuations(client: TestClient) -> None:  # type: ignore[type-arg]
    for old, new in ((0, 0), (0, 100), (100, 100), (100, 300)):
        answer = await ask(client, request(old, new))
        note = LEDGER.checkpoint(new)
        assert answer.status == 200, await answer.text()
        lines = parse_answer(await answer.read(), note.text, KEY)
        assert KEY.verify(note.signed_by(*lines)) > 1_767_225_600


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (400, b"", "text/plain"),
        (400, b"old 0\n\nnonsense", "text/plain"),
        (400, request(201, 200), "text/plain"),
        (403, request(200, 300, LEDGER.checkpoint(300, OTHER_LOG)), "text/plain"),
        (404, request(0, 5, Checkpoint("other.example", 5, bytes(32)).sign([LOG])), "text/plain"),
        (409, request(0, 300), "text/x.tlog.size"),
        (409, request(200, 200, forged(200)), "text/plain"),
        (413, b"old 0\n" + b"x" * MAX_REQUEST_BYTES, "text/plain"),
        (422, request(200, 300, proof=()), "text/plain"),
    ],
)
async def test_all_else_has_its_status(client: TestClient, status: int, body: bytes, content_type: str) -> None:  # type: ignore[type-arg]
    assert (await ask(client, request(0, 200))).status == 200
    answer = await ask(client, body)
    assert (answer.status, answer.content_type) == (status, content_type)
    if content_type == "text/x.tlog.size":
        assert await answer.read() == b"200\n"
    assert (await ask(client, request(200, 201))).status == 200


async def test_other_methods_and_slow_bodies_get_an_answer(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[type-arg]
    monkeypatch.setattr(witness_server, "BODY_TIMEOUT_S", 0.05)
    never = asyncio.Event()

    async def body():  # type: ignore[no-untyped-def]
        yield b"old 0\n"
        await never.wait()

    assert (await client.get("/add-checkpoint")).status == 405
    assert (await client.post("/add-checkpoint", data=body())).status == 408


async def test_who_asks_too_often_waits(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[type-arg]
    monkeypatch.setattr(Clock, "__call__", lambda clock: clock.now_ms)
    most = 2 * witness_server.COSIGNED_PER_S
    answers = [(await ask(client, request(size, size + 1))).status for size in range(most + 1)]
    assert answers == [200] * most + [429]
    assert (await ask(client, request(most, most))).status == 200, "what it has it says to anybody, at no cost"
    for _ in range(2 * witness_server.REQUESTS_PER_S):
        answer = await ask(client, b"")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert (await client.get("/witness.json")).status == 429


async def test_the_page_shows_both_notes_of_a_fork(client: TestClient) -> None:  # type: ignore[type-arg]
    await ask(client, request(0, 200))
    await ask(client, request(200, 200, forged(200)))
    await ask(client, request(0, 200, forged(200, salt=1)))
    await ask(client, request(200, 250, forged(250)))
    found = json.loads(await (await client.get("/witness.json")).text())
    (log,) = found["logs"]
    assert (found["vkey"], log["origin"], log["size"], log["root"]) == (KEY.vkey, ORIGIN, 200, LEDGER.root(200).hex())
    one, two = (fork.split("\n\n" + ORIGIN) for fork in log["forks"])
    assert parse_note(one[0].encode() + b"\n") == forged(200)
    assert parse_note((ORIGIN + one[1]).encode()) == parse_note((ORIGIN + two[1]).encode()) == LEDGER.checkpoint(200)
    assert log["unproven"][0].startswith(forged(250).text)
    for language in ("en", "zh"):
        page = await client.get("/", headers={"Accept-Language": language})
        text = await page.text()
        assert KEY.vkey.replace("+", "&#43;") in text or KEY.vkey in text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert text.count("<pre") == 4


def test_what_was_cosigned_outlives_the_process(tmp_path: Path) -> None:
    first = open_witness(tmp_path)
    assert first.add_checkpoint(request(0, 200)).status == 200
    with pytest.raises(AnotherWriter):
        open_witness(tmp_path)
    first.memory.close()
    second = open_witness(tmp_path)
    assert second.add_checkpoint(request(0, 300)) == Decision(409, "200\n", "text/x.tlog.size")
    assert second.add_checkpoint(request(200, 300)).status == 200
    second.memory.close()


@pytest.mark.parametrize("call", ["fsync", "write", "replace"])
def test_nothing_is_signed_after_the_disk_failed(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = open_witness(tmp_path)
    witness.add_checkpoint(request(0, 100))

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path if call == "replace" else os, call, fail)
        assert witness.add_checkpoint(request(100, 200)).status == 503
    assert witness.add_checkpoint(request(100, 200)).status == 503
    assert witness.add_checkpoint(request(100, 100)).status == 503
    witness.memory.close()


def test_too_many_open_files_put_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    witness = open_witness(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fail)
        assert witness.add_checkpoint(request(0, 100)).status == 503
    assert witness.add_checkpoint(request(0, 100)).status == 200
    witness.memory.close()


def test_a_memory_that_somebody_changed_is_not_believed(tmp_path: Path) -> None:
    witness = open_witness(tmp_path)
    witness.add_checkpoint(request(0, 100))
    (file,) = tmp_path.glob("logs/*/checkpoint")
    whole = file.read_bytes()
    file.write_bytes(whole + b"\n")
    assert witness.add_checkpoint(request(100, 200)).status == 503
    witness.memory.close()
    file.write_bytes(whole[:20])
    with pytest.raises(Damaged, match=ORIGIN):
        open_witness(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError):
        Memory(tmp_path / "file", LOGS)


def test_evidence_is_kept_once_and_not_without_end(tmp_path: Path) -> None:
    memory = Memory(tmp_path, LOGS)
    kept = [memory.keep("forks", ORIGIN, forged(200, salt), None) for salt in range(MOST_KEPT + 5)]
    assert kept == [True] * MOST_KEPT + [False] * 5
    assert not memory.keep("forks", ORIGIN, forged(200), None)
    assert len(memory.kept("forks", ORIGIN)) == MOST_KEPT
    memory.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=30))
def test_any_requests_at_once_and_restarts_leave_one_history(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int, bool]]
) -> None:
    """All that was ever cosigned is one growing history, however requests and restarts fall together."""
    folder = tmp_path_factory.mktemp("witness")
    cosigned: list[tuple[int, bytes]] = []

    def one(witness: Witness, old: int, new: int, lie: bool) -> None:
        note = forged(new, salt=7) if lie else LEDGER.checkpoint(new)
        proof = LEDGER.consistency(old, new) if 0 < old <= new else ()
        if witness.add_checkpoint(AddCheckpoint.of(old, proof, note).encode()).status == 200:
            cosigned.append((new, bytes([7]) * 32 if lie else LEDGER.root(new)))

    for part in (asked[:10], asked[10:20], asked[20:]):
        witness = open_witness(folder)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda each, witness=witness: one(witness, *each), part))
        witness.memory.close()
    some = {each for each in cosigned if each[0] > 0}
    honest = {(size, LEDGER.root(size)) for size in range(41)}
    assert some <= honest or len(some) == 1, "a lie that came first, and then nothing continues it"


def test_the_command_makes_a_key_once_and_reads_the_list_of_logs(tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        create_witness(tmp_path / "bad", "no spaces please")
    vkey = create_witness(tmp_path / "w", "witness.example/w")
    assert read_signer(tmp_path / "w").verifier(COSIGNATURE).vkey == vkey
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadRequest, match="already"):
        create_witness(tmp_path / "w", "witness.example/w")
    listed = tmp_path / "logs"
    listed.write_text(f"# ours\n{LOG.verifier().vkey}\n\n {OTHER_LOG.verifier().vkey} \n", "utf-8")
    assert read_logs(listed) == {ORIGIN: [LOG.verifier(), OTHER_LOG.verifier()]}
    for wrong in ("", "nonsense", vkey, f"{LOG.verifier().vkey}x"):
        listed.write_text(f"# ours\n{wrong}\n", "utf-8")
        with pytest.raises(ConfigurationError):
            read_logs(listed)
    (tmp_path / "w" / "witness.key").write_bytes(bytes(32))
    with pytest.raises(ConfigurationError, match="not the key"):
        read_signer(tmp_path / "w")
    with pytest.raises(ConfigurationError, match="init"):
        read_signer(tmp_path / "none")
