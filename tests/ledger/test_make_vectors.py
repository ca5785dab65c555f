"""The committed vectors are those that the code makes today."""

from __future__ import annotations

from tests.ledger.make_vectors import FOLDER, encode, vectors


def test_the_vectors_are_fresh() -> None:
    for name, content in vectors().items():
        stale = f"tests/vectors/{name}.json is stale: run python -m tests.ledger.make_vectors"
        assert (FOLDER / f"{name}.json").read_text("utf-8") == encode(content), stale
