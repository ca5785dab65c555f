"""Golden vectors of the tree, tiles, notes and proofs, read by pytest and vitest alike: `python -m tests.ledger.make_vectors` writes them.

What others published (the leaves and roots of the Certificate Transparency tests, signed notes of Go and of C2SP, a checkpoint of a public log with its
witnesses) stands in `published.py`; all else is made here, and checked in the tests against an implementation that shares nothing with ours.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from carrel.ledger import checkpoint, merkle, tiles
from carrel.ledger.checkpoint import COSIGNATURE, Checkpoint, Note, NoteSigner
from carrel.ledger.policy import Group, Policy, TrustedLog, TrustedWitness
from carrel.ledger.proof import TlogProof
from carrel.ledger.witness import AddCheckpoint
from tests.ledger import published

FOLDER = Path(__file__).parents[1] / "vectors"
ORIGIN = "library.example/ledger"
LOG = NoteSigner(ORIGIN, bytes([1]) * 32)
OTHER_LOG = NoteSigner(ORIGIN, bytes([2]) * 32)
WITNESSES = tuple(NoteSigner(f"witness.example/{name}", bytes([number]) * 32) for number, name in enumerate("abc", 11))
SEEN_S = 1_767_225_600
SIZES = (1, 2, 3, 7, 8, 9, 255, 256, 257, 1000)


def vectors() -> dict[str, Any]:
    """File name (without ending) → its content."""
    return {
        "ledger-merkle": _merkle(),
        "ledger-tiles": _tiles(),
        "ledger-notes": _notes(),
        "ledger-proofs": _proofs(),
    }


def encode(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def leaf(index: int) -> bytes:
    """Data of a leaf of the log in these vectors."""
    return f"leaf {index}".encode() * (index % 5)


def policy(threshold: int = 2) -> Policy:
    """Our log, and so many of three witnesses."""
    witnesses = tuple(TrustedWitness(each.name[-1], each.verifier(COSIGNATURE)) for each in WITNESSES)
    group = Group("libraries", threshold, tuple(each.name for each in witnesses))
    return Policy((TrustedLog(LOG.verifier()),), witnesses, (group,), group.name)


def cosigned(note: Note, count: int, seen_s: int = SEEN_S) -> Note:
    return note.signed_by(
        *(checkpoint.cosign(each, note.text, seen_s + at) for at, each in enumerate(WITNESSES[:count]))
    )


class Log:
    """A log in memory, by the parts that a real one uses."""

    def __init__(self, size: int) -> None:
        self.leaves = [leaf(index) for index in range(size)]
        self.writer, self.files = tiles.TileWriter().grow(self.leaves)
        self.reader = tiles.TileReader(self.files.__getitem__, size)

    def root(self, size: int) -> bytes:
        return merkle.range_root(0, size, self.reader.node)

    def checkpoint(self, size: int, signer: NoteSigner = LOG, extensions: tuple[str, ...] = ()) -> Note:
        return Checkpoint(ORIGIN, size, self.root(size), extensions).sign([signer])

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        return tuple(merkle.inclusion_proof(index, size, self.reader.node))

    def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        return tuple(merkle.consistency_proof(old_size, new_size, self.reader.node))


def _hex(hashes: tuple[bytes, ...]) -> list[str]:
    return [each.hex() for each in hashes]


def _merkle() -> dict[str, Any]:
    log = Log(SIZES[-1])
    inclusion = [
        {
            "leaf_hash": log.reader.leaf_hash(index).hex(),
            "index": index,
            "size": size,
            "proof": _hex(log.inclusion(index, size)),
            "root": log.root(size).hex(),
        }
        for size in SIZES
        for index in sorted({0, size // 3, size - 2, size - 1} & set(range(size)))
    ]
    consistency = [
        {
            "old_size": old,
            "new_size": new,
            "old_root": log.root(old).hex(),
            "new_root": log.root(new).hex(),
            "proof": _hex(log.consistency(old, new)),
        }
        for new in SIZES
        for old in sorted({1, new // 3, new // 2, new - 1, new} & set(range(1, new + 1)))
    ]
    return {
        "published": {"leaves": published.CT_LEAVES, "roots": published.CT_ROOTS},
        "inclusion": inclusion,
        "consistency": consistency,
        "refused_inclusion": [{"why": why} | case for why, case in _spoiled_inclusion(inclusion)],
        "refused_consistency": [{"why": why} | case for why, case in _spoiled_consistency(consistency)],
    }


def _spoiled_inclusion(good: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    case = next(each for each in good if each["size"] == 257 and each["index"] == 85)
    lone = next(each for each in good if each["size"] == 1)
    proof = case["proof"]
    return [
        ("another leaf", case | {"leaf_hash": proof[0]}),
        ("another root", case | {"root": proof[0]}),
        ("another index", case | {"index": 84}),
        ("the index is the size", case | {"index": 257}),
        ("a smaller size", case | {"size": 256}),
        ("no leaves", lone | {"size": 0}),
        ("no hashes", case | {"proof": []}),
        ("a hash too few", case | {"proof": proof[:-1]}),
        ("a hash too many", case | {"proof": [*proof, proof[-1]]}),
        ("a hash too many in a tree of one leaf", lone | {"proof": [lone["root"]]}),
        ("two hashes exchanged", case | {"proof": [proof[1], proof[0], *proof[2:]]}),
        ("a hash of 31 bytes", case | {"proof": [proof[0][:-2], *proof[1:]]}),
        ("a hash of 33 bytes", case | {"proof": [proof[0] + "00", *proof[1:]]}),
        ("a root of no bytes", case | {"root": ""}),
    ]


def _spoiled_consistency(good: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    case = next(each for each in good if (each["old_size"], each["new_size"]) == (85, 257))
    whole = next(each for each in good if (each["old_size"], each["new_size"]) == (128, 257))
    equal = next(each for each in good if (each["old_size"], each["new_size"]) == (257, 257))
    proof = case["proof"]
    return [
        ("the roots exchanged", case | {"old_root": case["new_root"], "new_root": case["old_root"]}),
        ("another old root", case | {"old_root": proof[0]}),
        ("another new root", case | {"new_root": proof[0]}),
        ("an old tree of no leaves", case | {"old_size": 0}),
        ("the old tree is the larger", case | {"old_size": 257, "new_size": 85}),
        ("another old size", case | {"old_size": 84}),
        ("a smaller new size", case | {"new_size": 256}),
        ("no hashes", case | {"proof": []}),
        ("a hash too few", case | {"proof": proof[:-1]}),
        ("a hash too many", case | {"proof": [*proof, proof[-1]]}),
        ("two hashes exchanged", case | {"proof": [proof[1], proof[0], *proof[2:]]}),
        ("a hash of 31 bytes", case | {"proof": [proof[0][:-2], *proof[1:]]}),
        ("the old root stated where it is known", whole | {"proof": [whole["old_root"], *whole["proof"]]}),
        ("a hash between equal sizes", equal | {"proof": [equal["old_root"]]}),
        ("two roots for one size", equal | {"new_root": proof[0]}),
    ]


def _tiles() -> dict[str, Any]:
    writer = tiles.TileWriter()
    steps = []
    for size in (0, 1, 255, 256, 300, 1000, 66_000):
        writer, files = writer.grow([leaf(index) for index in range(writer.size, size)])
        # Of the largest step the ends alone: what lies between differs in its number only.
        shown = {
            path: data
            for path, data in files.items()
            if size < 66_000 or "entries/000" in path or "/2" in path or ".p" in path
        }
        digests = {path: sha256(data).hexdigest() for path, data in sorted(shown.items())}
        steps.append({"size": size, "root": writer.root().hex(), "files": digests})
    paths = ["tile/0/000", "tile/0/x001/x234/067", "tile/1/999.p/1", "tile/63/x001/000.p/255", "tile/entries/000.p/7"]
    leaves = [b"", b"a", bytes(300)]
    bundle = tiles.encode_bundle(leaves)
    return {
        "log": {"leaf": "'leaf ' and the index in decimal, repeated (index mod 5) times", "steps": steps},
        "paths": [{"path": path} | tiles.parse_path(path)._asdict() for path in paths],
        "refused_paths": [
            "",
            "checkpoint",
            "tile/64/000",
            "tile/00/000",
            "tile/0/00",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000/",
            "/tile/0/000",
            "tile/data/000",
            "tile/entries",
            "tile/0/../0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
        ],
        "bundles": [{"hex": bundle.hex(), "leaves": _hex(tuple(leaves))}],
        "refused_bundles": [
            {"why": "cut in a leaf", "hex": bundle[:-1].hex(), "width": 3},
            {"why": "cut in a length", "hex": bundle[:1].hex(), "width": 1},
            {"why": "a byte more", "hex": bundle.hex() + "00", "width": 3},
            {"why": "an entry more", "hex": bundle.hex(), "width": 2},
            {"why": "an entry less", "hex": bundle.hex(), "width": 4},
        ],
    }


def _notes() -> dict[str, Any]:
    log = Log(300)
    vkey = LOG.verifier().vkey
    note = log.checkpoint(300)
    text = note.encode().decode()
    cosignature = cosigned(note, 1).encode().decode()
    witness = WITNESSES[0].verifier(COSIGNATURE).vkey
    root = checkpoint.encode_base64(log.root(300))
    spoiled = {
        "no signature": note.text + "\n",
        "no empty line": text.replace("\n\n", "\n"),
        "no newline at the end": text[:-1],
        "a tab": text.replace(ORIGIN, ORIGIN + "\t", 1),
        "another dash": text.replace("—", "-"),
        "base64 without padding": text.replace("=\n", "\n"),
        "a signature of no bytes": note.text + f"\n— {ORIGIN} {checkpoint.encode_base64(LOG.verifier().key_id)}\n",
        "a plus in the name": text.replace(f"— {ORIGIN}", f"— {ORIGIN}+x"),
        "an empty name": text.replace(f"— {ORIGIN}", "— "),
        "another key": log.checkpoint(300, OTHER_LOG).encode().decode(),
        "another text": text.replace("\n300\n", "\n301\n"),
        "one good and one wrong line": text
        + f"— {ORIGIN} {checkpoint.encode_base64(LOG.verifier().key_id + bytes(64))}\n",
        "too many lines": text + text.rpartition("\n\n")[2] * checkpoint.MAX_SIGNATURES,
    }
    texts = {
        "a leading zero": f"{ORIGIN}\n0300\n{root}\n",
        "a sign": f"{ORIGIN}\n+300\n{root}\n",
        "no number": f"{ORIGIN}\nmany\n{root}\n",
        "a size beyond 2^63 - 1": f"{ORIGIN}\n{2**63}\n{root}\n",
        "a short root": f"{ORIGIN}\n300\n{root[:40]}\n",
        "spare bits in the root": f"{ORIGIN}\n300\n{root[:-2]}{chr(ord(root[-2]) + 1)}=\n",
        "two lines": f"{ORIGIN}\n300\n",
        "an empty extension": f"{ORIGIN}\n300\n{root}\n\nmore\n",
        "another origin": f"other.example\n300\n{root}\n",
        "an empty tree with another root": f"{ORIGIN}\n0\n{root}\n",
    }
    return {
        "notes": [{"note": each["note"], "vkeys": each["vkeys"]} for each in published.NOTES]
        + [{"note": cosignature, "vkeys": {vkey: 0, witness: SEEN_S}}],
        "refused_notes": [{"why": why, "note": each, "vkey": vkey} for why, each in spoiled.items()],
        "checkpoints": [
            {
                "note": each.encode().decode(),
                "vkey": vkey,
                "origin": ORIGIN,
                "size": size,
                "root": log.root(size).hex(),
                "extensions": list(extensions),
            }
            for size, extensions in ((0, ()), (1, ()), (300, ("more", "and more")))
            for each in (log.checkpoint(size, extensions=extensions),)
        ],
        "refused_checkpoints": [
            {"why": why, "note": Note(each, (LOG.sign(each),)).encode().decode(), "vkey": vkey, "origin": ORIGIN}
            for why, each in texts.items()
        ],
        "refused_vkeys": [
            "",
            "a+b",
            vkey.replace("+", "-", 1),
            vkey + "=",
            vkey.replace(LOG.verifier().key_id.hex(), "00000000"),
            vkey.replace(LOG.verifier().key_id.hex(), LOG.verifier().key_id.hex().upper()),
            vkey.replace(ORIGIN, ORIGIN + " "),
            # A point of small order: anybody can sign for it.
            _small_order_vkey(),
        ],
    }


def _small_order_vkey() -> str:
    data = b"\x01" + b"\x01" + bytes(31)
    key_id = sha256(b"weak.example\n" + data).digest()[:4]
    return f"weak.example+{key_id.hex()}+{checkpoint.encode_base64(data)}"


def _proofs() -> dict[str, Any]:
    log = Log(300)
    index = 137
    note = cosigned(log.checkpoint(300), 2)
    good = TlogProof(index, log.inclusion(index, 300), note, b"what the leaf holds")
    text = good.encode().decode()
    lines = text.split("\n")
    spoiled = {
        "another header": text.replace("@v1", "@v2"),
        "no index": text.replace(f"index {index}\n", ""),
        "another index": text.replace(f"index {index}", "index 136"),
        "an index with a leading zero": text.replace("index ", "index 0"),
        "an index beyond the tree": text.replace(f"index {index}", "index 300"),
        "an empty extra": text.replace(lines[1], "extra "),
        "two extras": text.replace(lines[1], lines[1] + "\n" + lines[1]),
        "extra after the index": "\n".join([lines[0], lines[2], lines[1], *lines[3:]]),
        "a hash too few": text.replace(lines[3] + "\n", ""),
        "a hash too many": text.replace(lines[3], lines[3] + "\n" + lines[3]),
        "hashes exchanged": "\n".join([*lines[:3], lines[4], lines[3], *lines[5:]]),
        "a short hash": text.replace(lines[3], lines[3][:40]),
        "no checkpoint": text.partition("\n\n")[0] + "\n\n",
        "one witness of two": TlogProof(index, good.hashes, cosigned(log.checkpoint(300), 1)).encode().decode(),
        "another log's signature": TlogProof(index, good.hashes, cosigned(log.checkpoint(300, OTHER_LOG), 2))
        .encode()
        .decode(),
        "another tree": TlogProof(index, good.hashes, cosigned(log.checkpoint(299), 2)).encode().decode(),
    }
    request = AddCheckpoint.of(200, log.consistency(200, 300), log.checkpoint(300))
    return {
        "policy": policy().encode().decode(),
        "proofs": [
            {
                "proof": each.encode().decode(),
                "leaf_hash": log.reader.leaf_hash(each.index).hex(),
                "index": each.index,
                "size": size,
                "seen_s": {"a": SEEN_S, "b": SEEN_S + 1},
            }
            for each, size in (
                (good, 300),
                (TlogProof(299, log.inclusion(299, 300), note), 300),
                (TlogProof(0, (), cosigned(log.checkpoint(1), 2)), 1),
            )
        ],
        "refused_proofs": [
            {"why": "another leaf", "proof": text, "leaf_hash": log.reader.leaf_hash(136).hex()},
            *(
                {"why": why, "proof": each, "leaf_hash": log.reader.leaf_hash(index).hex()}
                for why, each in spoiled.items()
            ),
        ],
        "request": {"old_root": log.root(200).hex(), "body": request.encode().decode()},
    }


def main() -> None:
    for name, content in vectors().items():
        (FOLDER / f"{name}.json").write_text(encode(content), "utf-8")


if __name__ == "__main__":
    main()
