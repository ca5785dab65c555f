"""A work's history as a drawing: what it was made from above, its own entries in order, what was made from it below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

STEP: Final = 76
MARGIN: Final = 28
ROW: Final = 56
"""Between the sources, the work itself, and what was made from it."""
MOST_NODES: Final = 40
"""A longer history is told by the list alone."""
COLOURS: Final = {
    "work.dispute": "dispute",
    "work.decision": "dispute",
    "work.withdraw": "end",
    "work.transfer": "transfer",
}

LOOKS: Final = ("source", "own", "transfer", "dispute", "end", "derived")


@dataclass(frozen=True, slots=True)
class Node:
    """`kind`: source, own or derived; `look`: the class that colours it."""

    entry: str
    index: int | None
    label: str
    kind: str
    look: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    x1: int
    y1: int
    x2: int
    y2: int
    look: str


@dataclass(frozen=True, slots=True)
class Graph:
    width: int
    height: int
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    looks: Sequence[str]
    """Those that occur, for the legend."""


def graph(work: str, sources: Sequence[str], history: Sequence[Mapping[str, Any]]) -> Graph | None:
    """`history`: entries as the API tells them, oldest first. None when there are too many to draw."""
    if len(history) + len(sources) > MOST_NODES:
        return None
    nodes: list[Node] = []
    edges: list[Edge] = []
    trunk_y = MARGIN + (ROW if sources else 0)
    derived_y = trunk_y + ROW
    first_x = MARGIN + max(0, len(sources) - 1) * STEP // 2
    for place, source in enumerate(sources):
        x = MARGIN + place * STEP
        nodes.append(Node(source, None, "work.register", "source", "source", x, MARGIN))
        edges.append(Edge(x, MARGIN, first_x, trunk_y, "branch"))
    last_x = first_x
    for column, one in enumerate(history):
        is_own = one["body"]["type"] != "work.derive" or one["entry"] == work
        x = first_x + column * STEP
        kind, y = ("own", trunk_y) if is_own else ("derived", derived_y)
        label = str(one["body"]["type"])
        nodes.append(Node(one["entry"], one["index"], label, kind, COLOURS.get(label, kind), x, y))
        if column > 0:
            edges.append(Edge(last_x, trunk_y, x, y, "trunk" if is_own else "branch"))
        last_x = x if is_own else last_x
    width = max(node.x for node in nodes) + MARGIN if nodes else 2 * MARGIN
    height = max((node.y for node in nodes), default=0) + MARGIN
    looks = [look for look in LOOKS if any(node.look == look for node in nodes)]
    return Graph(width, height, nodes, edges, looks)
