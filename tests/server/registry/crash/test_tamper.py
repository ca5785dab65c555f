"""Whatever is changed in a log's files or its database is noticed by who has to notice it, with a sentence that names it."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from carrel.ledger.entry import Entry
from carrel.server.registry.databases import open_store, sqlite_url
from carrel.server.registry.errors import AnotherWriter, Damaged, OtherFormat, RolledBack
from carrel.server.registry.parts import Addresses
from carrel.server.registry.recovery import create_log, open_log
from tests.server.registry.crash.process import ORIGIN, SEED, START_MS
from tests.server.registry.crash.tampering import (
    FILE_WAYS,
    FOLDER_LOOKS,
    NOTICED_BY,
    Known,
    Specimen,
    by_audit,
    by_open,
    by_rebuild,
    by_since,
    by_witness,
    make_specimen,
    tampered_copy,
)

NAMES_IT = re.compile(
    r"tile/|[Ee]ntry \d+|[Ee]ntries|[Nn]ote|[Cc]heckpoint|[Rr]ow|subjects|database|root|(missing|surplus|other)$"
)
FILES, ROWS = 60, 60


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> Specimen:
    """With full tiles and two levels of them."""
    return make_specimen(tmp_path_factory.mktemp("large"), entries, (150, 280), 300)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> Specimen:
    return make_specimen(tmp_path_factory.mktemp("small"), entries, (45, 60), 75)


@pytest.fixture(scope="module")
def known() -> Known:
    return Known()


def test_an_untouched_log_pleases_everybody(large: Specimen, small: Specimen, known: Known, in_memory: Path) -> None:
    for number, specimen in enumerate((large, small)):
        assert by_audit(specimen.files, known) is None
        assert by_since(specimen.files, specimen.earlier) is None
        copy = specimen.copy(in_memory / str(number))
        assert {name: look(copy) for name, look in FOLDER_LOOKS.items()} == dict.fromkeys(FOLDER_LOOKS)


@pytest.mark.parametrize("seed", [1])
def test_public_files(large: Specimen, small: Specimen, known: Known, seed: int) -> None:
    assert tamper_with_files((large, small), known, Random(seed), FILES) == 2 * FILES


def tamper_with_files(specimens: tuple[Specimen, ...], known: Known, random: Random, count: int) -> int:
    """How many ways were tried; the audit, which has nothing but the files and the key, has to notice each."""
    assert all(by_audit(specimen.files, known) is None for specimen in specimens)
    tried = 0
    for specimen in specimens:
        for _ in range(count):
            files = dict(specimen.files)
            while files == specimen.files:
                way = random.choice(FILE_WAYS)
                way(files, random)
            found = by_audit(files, known)
            assert found, (
                f"{way.__name__} went unnoticed in {[p for p in specimen.files if files.get(p) != specimen.files[p]]}"
            )
            assert NAMES_IT.search(found), found
            tried += 1
    return tried


def test_partial_files_of_earlier_checkpoints(small: Specimen, in_memory: Path) -> None:
    """No checkpoint of now leads to them: readers of the earlier one notice, and so does a rebuild."""
    assert small.narrower
    copy = small.copy(in_memory / "copy")
    for path, data in small.narrower.items():
        file = copy / "public" / path
        file.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
        found = by_rebuild(copy)
        assert found == f"files {path} other"
        file.write_bytes(data)


def test_the_database(small: Specimen, in_memory: Path) -> None:
    assert sum(tamper_with_rows(small, in_memory, Random(2), ROWS).values()) == ROWS


def tamper_with_rows(specimen: Specimen, folder: Path, random: Random, count: int) -> dict[str, int]:
    """How often each table was tampered with."""
    done = dict.fromkeys(NOTICED_BY, 0)
    for _ in range(count):
        copy = folder / "copy"
        what, family = tampered_copy(specimen, copy, random)
        for look in NOTICED_BY[family]:
            found = FOLDER_LOOKS[look](copy)
            assert found, f"{what}: {look} did not notice"
            assert NAMES_IT.search(found) or family in found, found
        done[family] += 1
        shutil.rmtree(copy)
    return done


def test_every_tile_and_bundle_is_made_again_from_the_database(large: Specimen, known: Known, in_memory: Path) -> None:
    copy = large.copy(in_memory / "copy")
    shutil.rmtree(copy / "public")
    assert by_open(copy) is None
    files = {path: (copy / "public" / path).read_bytes() for path in large.files if path != "checkpoint"}
    assert by_audit(files | {"checkpoint": large.files["checkpoint"]}, known) is None


# --- old copies, second servers, two histories ---


def test_yesterdays_database_under_a_newer_checkpoint(small: Specimen, in_memory: Path) -> None:
    copy = small.copy(in_memory / "copy")
    shutil.copy(small.then / "ledger.db", copy / "ledger.db")
    with pytest.raises(RolledBack, match=r"60 entries were signed and the database has 45: an old copy was put back"):
        open_log(copy)
    assert "60 entries were signed and the database has 45" in (by_rebuild(copy) or "")


def test_yesterdays_database_and_checkpoint_beside_newer_public_files(small: Specimen, in_memory: Path) -> None:
    copy = small.copy(in_memory / "copy")
    shutil.copy(small.then / "ledger.db", copy / "ledger.db")
    shutil.copy(small.then / "latest" / "checkpoint", copy / "latest" / "checkpoint")
    with pytest.raises(RolledBack, match=r"60 entries are published and 45 were signed"):
        open_log(copy)


def test_all_of_yesterday_but_the_witness(small: Specimen, entries: list[Entry], in_memory: Path) -> None:
    """Nobody in the house can know. Whoever has seen the newer checkpoint does, as soon as the log goes on another way."""
    seen = small.files["checkpoint"]
    copy = shutil.copytree(small.then, in_memory / "copy")
    assert by_open(copy) is None
    files = goes_on(copy, entries[46:76])
    found = by_since(files, seen)
    assert found
    assert "another history" in found or "this is an old copy" in found
    assert by_witness(seen, files) is not None


def test_two_histories_under_one_key(small: Specimen, entries: list[Entry], in_memory: Path, known: Known) -> None:
    """A copy of the folder with the same key tells another story from the same checkpoint on: each is sound by itself, and no witness cosigns both."""
    other = shutil.copytree(small.then, in_memory / "other")
    files = goes_on(other, entries[46:76])
    assert by_audit(files, known) is None
    assert by_audit(small.files, known) is None
    assert by_since(files, small.files["checkpoint"])
    assert by_witness(small.files["checkpoint"], files)
    assert by_witness(small.earlier, files) is None, "each alone continues what the witness saw first"
    assert by_witness(small.earlier, small.files) is None


def test_a_second_server_on_the_same_folder(small: Specimen, in_memory: Path) -> None:
    copy = small.copy(in_memory / "copy")
    log = open_log(copy)
    with pytest.raises(AnotherWriter, match="Another process has this log open"):
        open_log(copy)
    log.close()
    open_log(copy).close()


def test_a_second_server_from_a_copied_folder_on_the_same_database(entries: list[Entry], in_memory: Path) -> None:
    database = sqlite_url(in_memory)
    create_log(in_memory / "one", ORIGIN, SEED, Addresses(database=database))
    shutil.copytree(in_memory / "one", in_memory / "two")
    one = open_log(in_memory / "one")
    one.append(entries[:3], START_MS)
    two = open_log(in_memory / "two")
    one.append(entries[3:4], START_MS)
    with pytest.raises(AnotherWriter, match="Another server wrote to this log"):
        two.append(entries[4:5], START_MS)
    with pytest.raises(AnotherWriter):
        two.seal()
    assert one.seal()
    two.close()
    one.close()


def test_a_second_server_with_another_database_at_the_same_checkpoint(entries: list[Entry], in_memory: Path) -> None:
    """What both must agree on is the place of the latest checkpoint: the second to sign finds that it has changed."""
    create_log(in_memory / "one", ORIGIN, SEED)
    shutil.copytree(in_memory / "one", in_memory / "two")
    shutil.rmtree(in_memory / "two" / "latest")
    (in_memory / "two" / "latest").symlink_to(in_memory / "one" / "latest")
    one, two = open_log(in_memory / "one"), open_log(in_memory / "two")
    one.append(entries[:3], START_MS)
    two.append(entries[:2], START_MS + 5)
    assert one.seal()
    with pytest.raises(AnotherWriter, match="a second server has this log's key"):
        two.seal()
    with pytest.raises(AnotherWriter):
        two.append(entries[2:3], START_MS)
    two.close()
    one.close()


def test_a_reader_beside_the_writer_takes_nothing_from_it(entries: list[Entry], in_memory: Path) -> None:
    """SQLite's locks fall when a process closes a file of the database: another program that then comes and goes must not throw the WAL away."""
    create_log(in_memory / "log", ORIGIN, SEED)
    log = open_log(in_memory / "log")
    log.append(entries[:3], START_MS)
    reader = open_store(sqlite_url(in_memory / "log"))
    reader.close()
    visit = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM ledger_head').fetchone(); c.close()"
    subprocess.run([sys.executable, "-c", visit, in_memory / "log" / "ledger.db"], check=True)
    log.append(entries[3:6], START_MS)
    shutil.copytree(in_memory / "log", in_memory / "after a kill")
    log.close()
    log = open_log(in_memory / "after a kill")
    assert log.size == 6
    log.close()


def goes_on(folder: Path, some: list[Entry]) -> dict[str, bytes]:
    """The public files after the log in `folder` took those of these entries that it could."""
    log = open_log(folder)
    log.append(some, START_MS + 1000)
    note = log.seal()
    assert note
    log.publish(note)
    log.close()
    public = folder / "public"
    return {str(one.relative_to(public)): one.read_bytes() for one in public.rglob("*") if one.is_file()}


def test_rows_said_to_be_of_another_format_hide_nothing(small: Specimen, in_memory: Path) -> None:
    """Such rows are made anew from the entries by themselves; but not while entries are there for which no checkpoint vouches."""
    copy = small.copy(in_memory / "copy")
    database = sqlite3.connect(copy / "ledger.db")
    database.execute("UPDATE ledger_head SET format = format - 1")
    database.commit()
    database.close()
    with pytest.raises(Damaged, match="Entries from 60 on have no checkpoint yet") as found:
        open_log(copy)
    assert not isinstance(found.value, OtherFormat)
