"""docs/design/ledger-format.md says what the code does: its tables of types and of refusals are made from it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from carrel.ledger import bodies, errors

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/design/ledger-format.md"
SCHEMA = ROOT / "docs/reference/ledger-schema.json"
COMMON = {"by", "id", "log", "ts", "also"}


def types_table() -> str:
    lines = ["| type | members | optional members |", "|---|---|---|"]
    for tag, kind in sorted(bodies.TYPES.items()):
        fields = [field for field in msgspec.structs.fields(kind) if field.name not in COMMON]
        needed = " ".join(f"`{field.name}`" for field in fields if field.required)
        optional = " ".join(f"`{field.name}`" for field in fields if not field.required)
        lines.append(f"| `{tag}` | {needed} | {optional} |")
    return "\n".join(lines)


def refusals() -> list[type[errors.Refused]]:
    found, pending = [], [errors.Refused]
    while pending:
        kind = pending.pop(0)
        pending += kind.__subclasses__()
        if not kind.__subclasses__():
            found.append(kind)
    return sorted(found, key=lambda kind: kind.code)


def section(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert match
    return match[1]


def test_the_table_of_types() -> None:
    assert section("types") == types_table()


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.code)
def test_every_refusal_is_described(kind: type[errors.Refused]) -> None:
    assert re.search(rf"^\| `{kind.code}` \| \S.{{10,}} \|$", section("codes"), re.MULTILINE)


def test_no_refusal_is_described_that_does_not_exist() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section("codes"), re.MULTILINE)) == {kind.code for kind in refusals()}


def test_the_schema_is_the_code_s() -> None:
    assert msgspec.json.decode(SCHEMA.read_bytes()) == msgspec.json.decode(msgspec.json.encode(bodies.schema()))
