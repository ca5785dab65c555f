"""Runs where sigstore is installed and Carrel is not: `python sigstore_reads.py CASES` lets its Merkle and checkpoint code judge ours.

CASES is JSON: {"der": public key, "key_id": hex, "checkpoint": text, "root": hex, "size": n, "cases": [{"leaf", "index", "proof"}]} with hex inside.
Each proof must hold and must fail once a bit of it is changed; prints how many did.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_public_key
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import VerificationError


def entry(content: dict[str, Any], case: dict[str, Any], hashes: list[bytes]) -> SimpleNamespace:
    """As much of a transparency log entry as the two verifiers look at."""
    proof = SimpleNamespace(
        log_index=case["index"],
        tree_size=content["size"],
        hashes=hashes,
        root_hash=bytes.fromhex(content["root"]),
        checkpoint=SimpleNamespace(envelope=content["checkpoint"]),
    )
    log_id = SimpleNamespace(key_id=bytes.fromhex(content["key_id"]))
    inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=bytes.fromhex(case["leaf"]), log_id=log_id)
    return SimpleNamespace(_inner=inner)


def refused(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except VerificationError:
        return True
    return False


def main(content: dict[str, Any]) -> int:
    keyring = Keyring()
    public = load_der_public_key(bytes.fromhex(content["der"]))
    key = SimpleNamespace(verify=lambda signature, data: public.verify(signature, data))
    keyring._keyring[bytes.fromhex(content["key_id"])] = key
    signed = SignedCheckpoint.from_text(content["checkpoint"])
    assert (signed.checkpoint.log_size, signed.checkpoint.log_hash) == (content["size"], content["root"])
    held = 0
    for case in content["cases"]:
        hashes = [bytes.fromhex(each) for each in case["proof"]]
        verify_merkle_inclusion(entry(content, case, hashes))
        verify_checkpoint(keyring, entry(content, case, hashes))
        changed = bytearray(hashes[-1])
        changed[0] ^= 1
        assert refused(verify_merkle_inclusion, entry(content, case, [*hashes[:-1], bytes(changed)]))
        assert refused(verify_merkle_inclusion, entry(content, case, hashes[:-1]))
        held += 1
    other = content | {
        "checkpoint": content["checkpoint"].replace(f"\n{content['size']}\n", f"\n{content['size'] + 1}\n")
    }
    assert refused(verify_checkpoint, keyring, entry(other, content["cases"][0], []))
    return held


if __name__ == "__main__":
    print(main(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
