"""Golden vectors of what a log says of its entries: checkpoint, cosignature, promise, proof, certificate, credential. Over the story of `ledger-entries.json`.

`python -m tests.ledger.make_statement_vectors` writes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from carrel.ledger import canonical, merkle, promise
from carrel.ledger.bodies import WorkRegister
from carrel.ledger.certificate import Logged, make_certificate, previous
from carrel.ledger.checkpoint import COSIGNATURE, Checkpoint, NoteSigner, cosign
from carrel.ledger.credential import make_credential
from carrel.ledger.entry import encode_leaf
from carrel.ledger.policy import Group, Policy, TrustedLog, TrustedWitness
from carrel.ledger.tiles import TileReader, TileWriter

from .make_entry_vectors import encode, story
from .worlds import LOG, seed_of

PATH: Final = Path(__file__).parents[1] / "vectors" / "ledger-statements.json"
SEEN_S: Final = 1_700_000_100
LOG_KEY: Final = NoteSigner(LOG, seed_of("the log"))
WITNESS: Final = NoteSigner("witness.example", seed_of("a witness"))


def vectors() -> dict[str, Any]:
    entries = story().entries
    leaves = [encode_leaf(entry, logged_ms) for logged_ms, entry in entries]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    writer, files = TileWriter().grow(leaves, hashes)
    reader = TileReader(files.__getitem__, writer.size)
    bare = Checkpoint(LOG, writer.size, writer.root()).sign([LOG_KEY])
    note = bare.signed_by(cosign(WITNESS, bare.text, SEEN_S))

    work = next(entry.hash.hex() for _, entry in entries if isinstance(entry.body, WorkRegister))
    head, places = "", []
    for at, (_, entry) in enumerate(entries):
        if (not head and entry.hash.hex() == work) or (head and previous(entry.body) == (work, head)):
            head = entry.hash.hex()
            places.append(at)
    logged = [Logged(at, leaves[at], tuple(merkle.inclusion_proof(at, writer.size, reader.node))) for at in places]
    witness = WITNESS.verifier(COSIGNATURE)
    certificate = make_certificate(work, LOG_KEY.verifier(), [witness], logged, note)
    policy = Policy(
        (TrustedLog(LOG_KEY.verifier()),), (TrustedWitness("w", witness),), (Group("all", 1, ("w",)),), "all"
    )
    promised = promise.promise(LOG, 4, hashes[4:7], entries[6][0])
    return {
        "seeds": {"log": LOG_KEY.seed.hex(), "witness": WITNESS.seed.hex()},
        "vkeys": {"log": LOG_KEY.verifier().vkey, "witness": witness.vkey},
        "checkpoint": bare.encode().decode(),
        "cosigned": note.encode().decode(),
        "seen_s": SEEN_S,
        "promise": {
            "leaf_hashes": [each.hex() for each in hashes[4:7]],
            "signed_bytes": (promise.DOMAIN + canonical.encode(promised)).decode(),
            "signature": promise.sign(promised, LOG_KEY.seed).signature,
        },
        "proof": certificate.proof(0).encode().decode(),
        "certificate": certificate.encode().decode(),
        "credential": make_credential(certificate, certificate.verify(policy), LOG_KEY.seed, SEEN_S * 1000),
    }


def main() -> None:
    PATH.write_text(encode(vectors()), "utf-8")


if __name__ == "__main__":
    main()
