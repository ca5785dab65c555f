"""Golden vectors of entries, one story with every type in it, read by pytest and vitest alike: `python -m tests.ledger.make_entry_vectors` writes them.

Seeds, bodies, signatures, leaves and hashes are all there, so that another implementation can sign them anew as well as read them.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from carrel.ledger.bodies import (
    Attest,
    CreditCorrect,
    CreditHold,
    CreditPost,
    CreditTransfer,
    CreditVoid,
    File,
    KeyRecover,
    KeyRegister,
    KeyRevoke,
    KeyRotate,
    Leg,
    Transfer,
    WorkDecision,
    WorkDerive,
    WorkDispute,
    WorkLicense,
    WorkTransfer,
    WorkWithdraw,
)
from carrel.ledger.entry import DOMAIN, encode_leaf
from carrel.ledger.state import AccountRow

from .worlds import LOG, SEALED, World, commitment_of, seed_of

PATH: Final = Path(__file__).parents[1] / "vectors" / "ledger-entries.json"
_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


def story() -> World:
    """Every type, and of some of them the shapes that differ."""
    world = World()
    world.found("ben", "cyd")
    world.now_ms += 1_000
    ada = world.register("ada", next=commitment_of("ada 2"), recovery=commitment_of("ada offline"))
    tablet = world.do(KeyRegister, "ada", key=world.key("ada tablet"), account=world.key("ada"), prev=ada)
    rotated = world.do(KeyRotate, "ada", key=world.key("ada 2"), prev=tablet)
    revoked = world.do(KeyRevoke, "ada 2", key=world.key("ada tablet"), prev=rotated, reason="lost")
    world.do(KeyRecover, "ada offline", account=world.key("ada"), key=world.key("ada 3"), prev=revoked)
    world.register("dee", by="library", custodial=True)
    works(world)
    payments(world)
    return world


def works(world: World) -> None:
    world.now_ms += 1_000
    file = File(bytes=2**53 - 1, hash="0f" * 32, media="model/gltf-binary")
    model = world.work("ben", kind="model", files=(file,), sealed=None, metadata="ab" * 32, royalty_bp=1_250)
    asked = world.work("cyd", derivation="ask")
    sources = (model, asked)
    world.do(WorkDerive, "ada 3", kind="scene", sealed=SEALED, sources=sources, relation="collection", also=("cyd",))
    licensed = world.do(WorkLicense, "ben", work=model, prev=model, licence=_CC_BY)
    moved = world.do(WorkTransfer, "ben", work=model, prev=licensed, to=world.key("cyd"), also=("cyd",))
    disputed = world.do(
        WorkDispute, "dee", work=model, prev=moved, reason="copied", evidence="cd" * 32, also=("clerk",)
    )
    decided = world.do(
        WorkDecision, "colleague", work=model, prev=disputed, outcome="reassigned", reason="proven", to=world.key("dee")
    )
    world.do(WorkWithdraw, "library", work=model, prev=decided, reason="asked")
    rendition = File(bytes=0, hash="00" * 32, media="image/ktx2")
    world.do(Attest, "library", claim="rendition", subject=world.key("dee"), work=model, files=(rendition,))
    world.do(Attest, "ben", claim="thanks", subject=world.key("dee"))


def payments(world: World) -> None:
    world.now_ms += 1_000
    rule = world.state.rule
    work = world.work("cyd", royalty_bp=3_333)
    derived = world.do(WorkDerive, "dee", kind="text", sealed=SEALED, sources=(work,), relation="translation")
    world.give(ben=20, ada=7)
    bought = Transfer(to=world.key("dee"), amount=10, work=derived)
    paid = world.do(CreditTransfer, "ben", rule=rule, transfers=(bought, Transfer(to=world.key("cyd"), amount=1)))
    until = world.now_ms + 60_000
    first, second = (
        world.do(CreditHold, "ada 3", rule=rule, to=world.key("dee"), amount=3, expires_ms=until, work=derived),
        world.do(CreditHold, "ada 3", rule=rule, to=world.key("ben"), amount=4, expires_ms=until),
    )
    world.do(CreditPost, "ada 3", hold=first, amount=2)
    world.do(CreditVoid, "ben", hold=second)
    back = Leg(payer=world.key("cyd"), to=world.key("ben"), amount=1)
    world.do(CreditCorrect, "library", corrects=paid, legs=(back,), reason="mistake")


def vectors() -> dict[str, Any]:
    world = story()
    return {
        "log": LOG,
        "domain": DOMAIN.decode(),
        "seeds": {name: seed_of(name).hex() for name in sorted(world.names.values())},
        "keys": {name: key for key, name in sorted(world.names.items(), key=lambda each: each[1])},
        "entries": [
            {
                "type": type(entry.body).__struct_config__.tag,
                "logged_ms": logged_ms,
                "body": entry.raw.decode(),
                "signatures": [{"key": one.key.hex(), "signature": one.signature.hex()} for one in entry.signatures],
                "id": entry.hash.hex(),
                "leaf": encode_leaf(entry, logged_ms).hex(),
                "leaf_hash": sha256(b"\0" + encode_leaf(entry, logged_ms)).hexdigest(),
            }
            for logged_ms, entry in world.entries
        ],
        "balances": {world.names.get(row.id, row.id): row.balance for row in world.state.rows(AccountRow)},
    }


def encode(content: Any) -> str:
    return json.dumps(content, indent=1) + "\n"


def main() -> None:
    PATH.write_text(encode(vectors()), "utf-8")


if __name__ == "__main__":
    main()
