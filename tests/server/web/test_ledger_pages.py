"""The ledger's pages as the server writes them: for people without script, in both languages, and for a log that stopped."""

from __future__ import annotations

import re

import pytest

from carrel.ledger.bodies import WorkRegister
from carrel.ledger.sequencer import Accepted
from carrel.server.app import Library
from carrel.server.registry.errors import LogStopped
from carrel.server.web.ledger_graph import graph
from carrel.server.web.ledger_words import TYPES, detail, facts, licence
from carrel.server.web.words import words
from tests.ledger_story import Story
from tests.server.web.conftest import PASSWORD, Clock, Visitor


@pytest.fixture
async def story(library: Library, visitor: Visitor, clock: Clock) -> Story:
    registry = library.ledger
    rule = (await registry.read(lambda queries: queries.rules()))["rule"]
    told = Story(registry.folder, clock.now_ms).tell(rule)
    await send(library, told)
    return told


async def send(library: Library, story: Story) -> None:
    """Everything that the log does not have yet, at once, and wait until it is in the signed list."""
    answer = await library.ledger.submit_group([(entry.raw, entry.signatures) for entry in story.entries])
    last = answer.verdicts[-1]
    assert isinstance(last, Accepted), last
    await library.ledger.proof(last.record.index)


async def test_the_list_shows_every_entry_and_filters_by_type(visitor: Visitor, story: Story) -> None:
    assert (await visitor.get("/ledger")).status == 200
    assert visitor.text.count("data-index=") == len(story.entries) + 2
    assert "None: this library runs alone" in visitor.text
    await visitor.get("/ledger?type=work.register")
    assert visitor.text.count("data-index=") == visitor.text.count('data-type="work.register"') == 2
    assert (await visitor.get("/ledger?type=nonsense")).status == 400
    assert (await visitor.get("/ledger?before=-1")).status == 400


async def test_long_lists_are_paged(library: Library, visitor: Visitor, story: Story) -> None:
    for number in range(20):
        story.say(f"more {number}", WorkRegister, story.mei, kind="other", sealed="0" * 64)
    await send(library, story)
    await visitor.get("/ledger")
    assert visitor.text.count("data-index=") == 30
    assert 'rel="next" href="/ledger?before=5"' in visitor.text
    await visitor.get("/ledger?before=5")
    assert visitor.text.count("data-index=") == 5
    assert 'rel="next"' not in visitor.text


async def test_an_entry_by_number_and_by_id(visitor: Visitor, story: Story) -> None:
    for name in ("9", story.told["passed"]):
        assert (await visitor.get(f"/ledger/entries/{name}")).status == 200
        assert "Work passed on" in visitor.text
        assert story.told["passed"] in visitor.text
        assert "both sides signed" in visitor.text
        assert visitor.text.count("data-key=") == 2
    for wrong in ("99", "x", "007", "0" * 64):
        assert (await visitor.get(f"/ledger/entries/{wrong}")).status == 404, wrong


async def test_a_work_has_its_terms_its_history_and_a_drawing(visitor: Visitor, story: Story) -> None:
    await visitor.get(f"/ledger/works/{story.told['lamp']}")
    assert "CC BY-SA 4.0" in visitor.text
    assert "Held, no dispute" in visitor.text
    assert visitor.text.count('<g class="node') == visitor.text.count("data-index=") == 6
    await visitor.get(f"/ledger/works/{story.told['score']}")
    assert f"/ledger/works/{story.told['lamp']}" in visitor.text
    assert visitor.text.count('<g class="node') == 1 + visitor.text.count("data-index=")


async def test_an_account_has_keys_works_and_a_balance(visitor: Visitor, story: Story) -> None:
    assert (await visitor.get(f"/ledger/accounts/{story.mei.key}")).status == 200
    assert story.told["snow"] in visitor.text
    assert '<span class="num">2</span>' in visitor.text
    assert (await visitor.get(f"/ledger/accounts/{'0' * 64}")).status == 404


async def test_rules_and_witnesses(visitor: Visitor, story: Story) -> None:
    await visitor.get("/ledger/rules")
    assert "Rule, version 1" in visitor.text
    assert "Earned for “desk”" in visitor.text
    rule = re.search(r"/ledger/entries/([0-9a-f]{64})", visitor.text)
    assert rule
    await visitor.get(rule[0])
    assert "Rule published" in visitor.text
    assert "Earned for “desk”" in visitor.text
    await visitor.get("/ledger/witnesses")
    assert "This library has no witnesses." in visitor.text
    assert "quorum none" in visitor.text
    assert "carrel ledger audit http" in visitor.text


async def test_finding_by_number_id_and_key(visitor: Visitor, story: Story) -> None:
    cases = {
        "9": "/ledger/entries/9",
        " 1,2 ": "/ledger/entries/12",
        story.told["lamp"].upper(): f"/ledger/entries/{story.told['lamp']}",
        story.mei.key: f"/ledger/accounts/{story.mei.key}",
    }
    for wanted, found in cases.items():
        answer = await visitor.get("/ledger/find", params={"q": wanted}, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, found)
    assert (await visitor.get("/ledger/find?q=Lamp")).status == 404


async def test_both_languages(visitor: Visitor, story: Story) -> None:
    for path in (
        "",
        f"/entries/{story.told['dispute']}",
        f"/works/{story.told['lamp']}",
        "/rules",
        "/witnesses",
        "/keys",
    ):
        await visitor.get(f"/ledger{path}?lang=zh")
        assert 'lang="zh-Hans"' in visitor.text
        assert "账本" in visitor.text


async def test_on_a_shared_computer_no_key_is_made(library: Library, visitor: Visitor) -> None:
    await library.accounts.add_account("mei", PASSWORD, ["reader"])
    await visitor.get("/ledger/keys")
    assert 'data-shared="no"' in visitor.text
    assert 'id="keys-here"' in visitor.text
    await visitor.get("/login")
    await visitor.post("/login", {"name": "mei", "password": PASSWORD, "shared": "on"})
    await visitor.get("/ledger/keys")
    assert 'data-shared="yes"' in visitor.text
    assert "This is a shared computer." in visitor.text
    assert 'id="keys-here"' not in visitor.text


async def test_a_stopped_log_says_so(library: Library, visitor: Visitor) -> None:
    library.ledger.log.stop(LogStopped("The disk is full of secrets."))
    for path in ("/ledger", "/ledger/entries/0", "/ledger/rules", "/ledger/witnesses", "/ledger/keys"):
        assert (await visitor.get(path)).status == 503
        assert "The ledger is closed just now" in visitor.text
        assert "secrets" not in visitor.text


def test_every_type_has_words_in_both_languages() -> None:
    for language in ("en", "zh"):
        for group, kinds in TYPES.items():
            assert words(language)(f"ledger.group.{group}")
            for kind in kinds:
                assert words(language)(f"ledger.type.{kind}")


def test_sentences_of_entries_that_the_story_lacks() -> None:
    key, entry = "ab" * 32, "cd" * 32
    bodies = (
        {"type": "key.register", "key": key, "role": "staff"},
        {"type": "key.register", "key": key, "account": key},
        {"type": "key.rotate", "key": key},
        {"type": "key.revoke", "key": key},
        {"type": "key.recover", "account": key, "key": key},
        {"type": "work.withdraw", "reason": "by_wish"},
        {"type": "work.decision", "outcome": "reassigned", "reason": "proved"},
        {"type": "work.decision", "outcome": "upheld", "reason": "proved"},
        {"type": "credit.hold", "amount": 3, "to": key},
        {"type": "credit.post", "hold": entry},
        {"type": "credit.void", "hold": entry},
        {"type": "credit.correct", "legs": [{"amount": 2}, {"amount": 3}]},
    )
    for language in ("en", "zh"):
        for body in bodies:
            name, parameters = detail(body)
            assert words(language)(name, **parameters)


def test_licences_in_short() -> None:
    assert licence("https://creativecommons.org/licenses/by-nc-sa/4.0/") == "CC BY-NC-SA 4.0"
    assert licence("https://creativecommons.org/publicdomain/zero/1.0/") == "CC0 1.0"
    assert licence("http://rightsstatements.org/vocab/InC/1.0/") == "RightsStatements InC"
    assert licence("https://example.org/terms") == "example.org/terms"
    assert licence(None) is None


def test_facts_link_keys_and_entries_and_leave_the_rest_as_text() -> None:
    key = "ab" * 32
    found = {
        fact.name: fact
        for fact in facts({"type": "work.transfer", "by": key, "work": key, "log": "x", "ts": 5, "also": [key]})
    }
    assert next(iter(found)) == "type"
    assert "log" not in found
    assert found["by"].values == [(key, f"/ledger/accounts/{key}")]
    assert found["work"].values == [(key, f"/ledger/entries/{key}")]
    assert found["ts"].shape == "time"


def test_a_drawing_stays_within_its_frame_and_gives_up_on_long_histories() -> None:
    def step(index: int, kind: str) -> dict[str, object]:
        return {"entry": f"{index:064x}", "index": index, "body": {"type": kind}}

    history = [step(4, "work.derive"), step(7, "work.derive"), step(8, "work.transfer"), step(9, "work.dispute")]
    drawn = graph(f"{4:064x}", ["a", "b", "c"], history)
    assert drawn is not None
    assert len(drawn.nodes) == 7
    assert all(0 < node.x < drawn.width and 0 < node.y < drawn.height for node in drawn.nodes)
    assert drawn.looks == ["source", "own", "transfer", "dispute", "derived"]
    assert len({(node.x, node.y) for node in drawn.nodes}) == 7
    assert graph("x", [], [step(index, "work.license") for index in range(41)]) is None
