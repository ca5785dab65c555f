"""The ledger over HTTP, in the whole application: what is read, what is taken, and what is answered when it is not."""

from __future__ import annotations

import asyncio
import random
import re
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from carrel.ledger import promise
from carrel.ledger.bodies import CreditIssue, CreditTransfer, File, Transfer, WorkDerive
from carrel.ledger.checkpoint import open_checkpoint
from carrel.ledger.entry import Entry
from carrel.ledger.merkle import leaf_hash
from carrel.ledger.proof import parse_proof
from carrel.ledger.tiles import decode_bundle
from carrel.server.app import Library, make_app
from carrel.server.errors import TooManyRequests
from carrel.server.registry.errors import LogBusy, LogStopped
from carrel.server.settings import Settings

from .logs import ORIGIN, Person, Ticking

ROOT = Path(__file__).parents[3]


class Running:
    """The application with a log called `ORIGIN`, whose clock the people share."""

    def __init__(self, library: Library, server: TestServer, clock: Ticking) -> None:
        self.library = library
        self.server = server
        self.clock = clock
        self.client: TestClient[Any, Any] = TestClient(server, cookie_jar=CookieJar(unsafe=True))

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.client.get(f"/ledger/{path}", **options)

    async def told(self, path: str, status: int = 200) -> Any:
        answer = await self.get(path)
        assert answer.status == status, await answer.text()
        return await answer.json()

    async def post(self, entry: Entry, wait: str = "promise", **options: Any) -> ClientResponse:
        return await self.client.post("/ledger/api/entries", json={**values(entry), "wait": wait}, **options)

    async def add(self, *entries: Entry) -> list[Any]:
        added = []
        for entry in entries:
            answer = await self.post(entry)
            assert answer.status == 202, await answer.text()
            added.append(await answer.json())
        return added

    def person(self, name: str) -> Person:
        return Person(name, self.clock)


def values(entry: Entry) -> dict[str, Any]:
    lines = [{"key": one.key.hex(), "signature": one.signature.hex()} for one in entry.signatures]
    return {"body": entry.raw.decode(), "signatures": lines}


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    clock = Ticking()
    settings = Settings(data_dir=str(tmp_path), ledger_origin=ORIGIN)
    library = await make_app(settings, clock)
    server = TestServer(library.app)
    await server.start_server()
    found = Running(library, server, clock)
    yield found
    await found.client.session.close()
    await server.close()


async def with_credit(running: Running, *names: str, amount: int = 10) -> list[Person]:
    people = [running.person(name) for name in names]
    await running.add(*(one.joins() for one in people))
    gifts = tuple(Transfer(amount=amount, to=one.key) for one in people)
    await running.library.ledger.act(CreditIssue, code="welcome", rule=await rule_of(running), transfers=gifts)
    return people


async def rule_of(running: Running) -> str:
    return str((await running.told("api/status"))["rule"])


# --- reading ---


async def test_a_new_library_has_a_log(running: Running) -> None:
    status = await running.told("api/status")
    assert (status["origin"], status["stopped"], status["witnesses"], status["quorum"]) == (ORIGIN, False, [], "none")
    assert status["size"] + status["pending"] == 2
    first = await running.told("api/entries/0")
    assert first["type"] == "key.register"
    assert first["signatures"][0]["key"] == status["issuer"]
    rules = await running.told("api/rules")
    assert rules["rule"] == status["rule"] == rules["rules"][0]["id"]
    assert rules["rules"][0]["rules"]["overdrafts"] == []
    assert (await running.told("api/supply"))["supply_most"] == 1_000_000
    health = await (await running.client.get("/api/health")).json()
    assert (health["ok"], health["ledger"]["stopped"], health["ledger"]["size"]) == (True, None, 2)


async def test_files_are_those_of_tlog_tiles(running: Running) -> None:
    ledger = running.library.ledger
    await ledger.proof(1)
    answer = await running.get("checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    known = await running.told("log.json")
    assert known["vkey"] == ledger.log.signer.verifier().vkey
    checkpoint = open_checkpoint(await answer.read(), ledger.log.signer.verifier(), known["origin"])
    same = await running.get("checkpoint", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status == 304
    tile = await running.get(f"tile/0/000.p/{checkpoint.size}")
    assert tile.headers["Content-Type"] == "application/octet-stream"
    hashes = await tile.read()
    bundle = await running.get(f"tile/entries/000.p/{checkpoint.size}", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in bundle.headers
    leaves = decode_bundle(await bundle.read(), checkpoint.size)
    assert b"".join(map(leaf_hash, leaves)) == hashes


async def test_bundles_are_packed_for_who_takes_it(running: Running) -> None:
    await running.library.ledger.proof(1)
    async with TestClient(running.server, auto_decompress=False) as raw:
        plain = await raw.get("/ledger/tile/entries/000.p/2", headers={"Accept-Encoding": "identity"})
        packed = await raw.get("/ledger/tile/entries/000.p/2", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert zlib.decompress(await packed.read(), wbits=31) == await plain.read()


NO_FILES = (
    "tile/0/000.p/99",
    "tile/0/1",
    "tile/64/000",
    "tile/0/000.p/256",
    "tile/..%2flog.key",
    "tile/x",
    "log.key",
)


async def test_what_is_no_file_of_the_log(running: Running) -> None:
    for path in NO_FILES:
        answer = await running.get(path)
        assert answer.status == 404, path
        assert b"seed" not in await answer.read()


NO_ANSWERS = (
    ("api/entries/99", 404),
    (f"api/entries/{'ab' * 32}", 404),
    ("api/entries/x", 400),
    ("api/entries/-1", 400),
    (f"api/entries/{'9' * 30}", 400),
    ("api/entries?before=x", 400),
    ("api/entries?limit=-1", 400),
    ("api/entries?type=credit.print", 400),
    (f"api/works/{'ab' * 32}", 404),
    ("api/works/short", 400),
    (f"api/works/{'AB' * 32}", 400),
    (f"api/accounts/{'ab' * 32}", 404),
    ("api/accounts/issuer", 400),
    ("api/proof/99", 404),
    ("api/proof/x", 400),
    ("api/nothing", 404),
)


async def test_questions_without_an_answer(running: Running) -> None:
    for path, status in NO_ANSWERS:
        error = (await running.told(path, status))["error"]
        assert error["code"] == {400: "bad_request", 404: "not_found"}[status], path
        assert error["message"]


async def test_lists_have_pages(running: Running) -> None:
    people = [running.person(f"reader {number}") for number in range(6)]
    await running.add(*(one.joins() for one in people))
    seen, before = [], ""
    while True:
        page = await running.told(f"api/entries?limit=3{before}")
        seen += [one["index"] for one in page["entries"]]
        if page["before"] is None:
            break
        before = f"&before={page['before']}"
    assert seen == list(reversed(range(8)))
    only = await running.told("api/entries?type=rule.publish")
    assert [one["index"] for one in only["entries"]] == [1]
    assert (await running.told("api/entries?before=0"))["entries"] == []


async def test_a_work_is_known_with_its_sources_and_what_was_made_of_it(running: Running) -> None:
    ana, ben = await with_credit(running, "ana", "ben")
    (source,) = await running.add(ana.registers("a poem"))
    digest = "cd" * 32
    derived = ben.entry(
        WorkDerive,
        kind="text",
        sources=(source["entry"],),
        relation="translation",
        files=(File(bytes=9, hash=digest, media="text/plain"),),
    )
    (child,) = await running.add(derived)
    told = await running.told(f"api/works/{source['entry']}")
    assert told["row"]["holder"] == ana.key
    assert [one["id"] for one in told["derived"]] == [child["entry"]]
    assert [one["index"] for one in told["history"]] == [child["index"], source["index"]]
    told = await running.told(f"api/works/{child['entry']}")
    assert (told["row"]["relation"], told["derived"]) == ("translation", [])
    assert [one["id"] for one in told["sources"]] == [source["entry"]]
    assert (await running.told(f"api/entries/{child['entry']}"))["body"] == derived.raw.decode()


async def test_an_account_has_keys_works_and_a_balance(running: Running) -> None:
    ana, ben = await with_credit(running, "ana", "ben")
    await running.add(ana.registers("one"), ana.registers("two"))
    rule = await rule_of(running)
    await running.add(ana.entry(CreditTransfer, rule=rule, transfers=(Transfer(amount=4, to=ben.key),)))
    told = await running.told(f"api/accounts/{ana.key}?limit=2")
    assert told["balance"] == {"posted": 6, "pending": 0, "available": 6}
    assert [key["id"] for key in told["keys"]] == [ana.key]
    assert (len(told["works"]), len(told["history"])) == (2, 2)
    rest = await running.told(f"api/accounts/{ana.key}?before={told['before']}")
    assert [one["type"] for one in rest["history"]] == ["work.register", "credit.issue", "key.register"]
    assert (await running.told(f"api/accounts/{ben.key}"))["balance"]["posted"] == 14


async def test_reading_is_open_to_pages_of_any_site(running: Running) -> None:
    for path in ("api/status", "api/entries", "api/entries/99", "checkpoint", "log.json", "api/proof/99"):
        answer = await running.get(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*", path
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin", path


# --- adding ---


async def test_an_entry_is_promised_then_proved(running: Running) -> None:
    entry = running.person("ana").joins()
    ledger = running.library.ledger
    answer = await running.post(entry)
    assert answer.status == 202
    receipt = await answer.json()
    signed = promise.decode(_json({name: receipt[name] for name in ("promise", "signature")}))
    promise.verify(signed, ledger.log.signer.verifier().key, [bytes.fromhex(receipt["leaf_hash"])])
    proved = await running.post(entry, wait="proof")
    assert proved.status == 200
    again = await proved.json()
    assert (again["again"], again["index"], again["promise"]) == (True, receipt["index"], receipt["promise"])
    parse_proof(again["proof"].encode()).verify(bytes.fromhex(receipt["leaf_hash"]), ledger.policy)
    file = await running.get(f"api/proof/{receipt['index']}")
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    parse_proof(await file.read()).verify(bytes.fromhex(receipt["leaf_hash"]), ledger.policy)


async def test_the_body_may_be_json_in_any_order(running: Running) -> None:
    entry = running.person("ana").joins()
    given = {**values(entry), "body": dict(reversed(_object(entry).items()))}
    answer = await running.client.post("/ledger/api/entries", json=given)
    assert (await answer.json())["entry"] == entry.hash.hex()


REFUSED: list[tuple[Callable[[dict[str, Any]], Any], int, str, str | None]] = [
    (lambda given: given["signatures"].clear(), 422, "entry_refused", "missing_signature"),
    (lambda given: given.update(body=given["body"].replace("{", "{ ")), 422, "entry_refused", "not_canonical"),
    (lambda given: given.update(body={"amount": 1.5}), 422, "entry_refused", "float_found"),
    (lambda given: given.update(body=given["body"].replace("library", "another")), 422, "entry_refused", None),
    (lambda given: given.update(wait="for ever"), 400, "bad_request", None),
    (lambda given: given.update(more=1), 400, "bad_request", None),
    (lambda given: given.pop("body"), 400, "bad_request", None),
    (lambda given: given["signatures"][0].update(signature="00"), 400, "bad_request", None),
    (lambda given: given.update(body=" " * 200_000), 413, "too_large", None),
]


async def test_what_is_refused(running: Running) -> None:
    for change, status, code, reason in REFUSED:
        given = values(running.person("ana").joins())
        change(given)
        answer = await running.client.post("/ledger/api/entries", json=given)
        error = (await answer.json())["error"]
        assert (answer.status, error["code"]) == (status, code)
        assert reason in (None, error.get("reason"))
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_no_bytes_break_it(running: Running) -> None:
    """Whatever is done to a good request, it is answered as one that is not understood, or as it deserves."""
    chance = random.Random(7)
    good = msgspec.json.encode(values(running.person("ana").joins()))
    statuses = set()
    for _ in range(100):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 40)]
                case 2:
                    data[at:at] = data[chance.randrange(len(data)) :][:30]
                case _:
                    data[at:at] = chance.choice([b"[", b"{", b'"', b"\\ud800", b"\0", b"1e999", b"null,", b"\xff"])
        answer = await running.client.post("/ledger/api/entries", data=bytes(data))
        statuses.add(answer.status)
        if answer.status not in (200, 202):
            assert (await answer.json())["error"]["message"]
    assert statuses <= {202, 400, 422}
    assert running.library.ledger.stopped is None


async def test_a_page_of_another_site_adds_nothing(running: Running) -> None:
    for origin in ("https://evil.example", "null"):
        answer = await running.post(running.person("ana").joins(), headers={"Origin": origin})
        assert (answer.status, (await answer.json())["error"]["code"]) == (403, "wrong_origin")
    assert running.library.ledger.size == 2


async def test_ten_who_spend_one_balance_at_once_never_overspend(running: Running) -> None:
    ana, *others = await with_credit(running, "ana", *(f"other {number}" for number in range(4)))
    rule = await rule_of(running)
    entries = [
        ana.entry(CreditTransfer, rule=rule, transfers=(Transfer(amount=3, to=others[number % 4].key),))
        for number in range(10)
    ]
    answers = await asyncio.gather(*(running.post(entry) for entry in entries))
    assert sorted(answer.status for answer in answers) == [202] * 3 + [422] * 7
    reasons = {(await answer.json())["error"]["reason"] for answer in answers if answer.status == 422}
    assert reasons == {"overdrawn"}
    told = await running.told(f"api/accounts/{ana.key}")
    assert told["balance"] == {"posted": 1, "pending": 0, "available": 1}
    supply = await running.told("api/supply")
    accounts = [await running.told(f"api/accounts/{one.key}") for one in (ana, *others)]
    assert sum(one["balance"]["posted"] for one in accounts) == supply["supply"] == 50


async def test_a_session_and_an_address_have_their_measure(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await running.client.post("/api/session", json={})
    most = 120
    ana = running.person("ana")
    given = values(ana.joins())
    for _ in range(most):
        answer = await running.client.post("/ledger/api/entries", json={**given, "signatures": []})
        assert answer.status == 422
    answer = await running.client.post("/ledger/api/entries", json=given)
    error = (await answer.json())["error"]
    assert (answer.status, error["code"]) == (429, TooManyRequests.code)
    assert int(answer.headers["Retry-After"]) >= 1
    assert error["retry_after_ms"] > 0
    async with TestClient(running.server) as somebody_else:  # behind the same address
        answer = await somebody_else.post("/ledger/api/entries", json=given)
        assert answer.status == 202


async def test_a_busy_log_says_when_to_come_back(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise LogBusy("Later.", retry_after_ms=1500)

    monkeypatch.setattr(running.library.ledger, "submit", busy)
    answer = await running.post(running.person("ana").joins())
    error = (await answer.json())["error"]
    assert (answer.status, error["code"], error["retry_after_ms"]) == (503, "log_busy", 1500)
    assert answer.headers["Retry-After"] == "2"


async def test_a_stopped_log_says_so_everywhere_and_shows_its_files(running: Running) -> None:
    ledger = running.library.ledger
    await ledger.proof(1)
    ledger.log.stop(LogStopped("The disk is gone."))
    for path in ("api/entries", "api/entries/0", "api/rules", "api/supply", "api/proof/0", f"api/works/{'ab' * 32}"):
        error = (await running.told(path, 503))["error"]
        assert error["code"] == "log_stopped"
        assert "disk" not in error["message"]  # that is for the operator
    assert (await running.post(running.person("ana").joins())).status == 503
    assert await running.told("api/status") == {"stopped": True}
    health = await (await running.client.get("/api/health")).json()
    assert (health["ok"], health["ledger"]["stopped"]) == (False, "log_stopped")
    assert (await running.get("checkpoint")).status == 200
    assert (await running.get("tile/0/000.p/2")).status == 200
    assert (await running.client.post("/api/session", json={})).status == 200


async def test_every_path_of_the_reference_exists(running: Running) -> None:
    text = (ROOT / "docs/reference/ledger-api.md").read_text("utf-8")
    written = {(one, re.sub(r"\?.*", "", path)) for one, path in re.findall(r"`(GET|POST) (/ledger[^` ]*)`", text)}
    served = {
        (route.method, route.resource.canonical)
        for route in running.library.app.router.routes()
        if route.resource is not None
        and route.method in ("GET", "POST")
        and re.match(r"/ledger/(api/|tile/|checkpoint|log\.json)", route.resource.canonical)
    }
    assert written == served


async def test_the_log_outlives_the_process(tmp_path: Path) -> None:
    clock = Ticking()
    person = Person("ana", clock)
    for expected in (2, 3):
        library = await make_app(Settings(data_dir=str(tmp_path), ledger_origin=ORIGIN), clock)
        async with TestClient(TestServer(library.app)) as client:
            assert library.ledger.size == expected
            answer = await client.post("/ledger/api/entries", json=values(person.joins()))
            assert answer.status == (202 if expected == 2 else 422)


def _object(entry: Entry) -> dict[str, Any]:
    return msgspec.json.decode(entry.raw)  # type: ignore[no-any-return]


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
