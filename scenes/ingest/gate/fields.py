"""Kinds of fields that a glTF document may have, and the walk that holds a document against tables of them.

A field knows its type, its range, and which array of the document it counts in; it knows nothing of other fields.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from carrel.scenes.errors import Refused

Json = dict[str, Any]
Tables = Mapping[str, Mapping[str, "Field"]]
LARGEST = 2**53  # the largest whole number that every reader of JSON keeps


def pointer(where: str, name: str | int) -> str:
    """A JSON pointer one step deeper."""
    return f"{where}/{str(name).replace('~', '~0').replace('/', '~1')}"


def refuse(code: str, sentence: str, where: str) -> Refused:
    """The error to raise; the sentence is followed by the place, so that a person can find it."""
    return Refused(code, f"{sentence} ({where or '/'})", where)


@dataclass(slots=True)
class Walk:
    """What a field may ask while a document is checked: the tables, and how long each array is."""

    tables: Tables
    document: Json
    extension: Callable[[str, Json, str], None]  # kind of object, the object, where it is
    lengths: dict[str, int] = field(default_factory=dict)

    def length(self, array: str) -> int:
        """How many elements an array of the document has; `KHR_lights_punctual.lights` names one inside an extension."""
        if array not in self.lengths:
            found: Any = self.document
            steps = array.split(".")
            for step in ["extensions", *steps] if len(steps) > 1 else steps:
                found = found.get(step) if isinstance(found, dict) else None
            self.lengths[array] = len(found) if isinstance(found, list) else 0
        return self.lengths[array]

    def object(self, kind: str, value: Any, where: str) -> None:
        """Hold an object against the table of its kind."""
        if not isinstance(value, dict):
            raise refuse("wrong_type", "An object is expected here.", where)
        table = self.tables[kind]
        for name, rule in table.items():
            if name in value:
                rule.check(value[name], pointer(where, name), self)
            elif rule.required:
                raise refuse("missing_field", f"The member “{name}” is missing.", where)
        if "name" in value and kind in NAMED and not isinstance(value["name"], str):
            raise refuse("wrong_type", "A name must be text.", pointer(where, "name"))
        if "extensions" in value:
            if not isinstance(value["extensions"], dict):
                raise refuse("wrong_type", "Extensions must be an object.", pointer(where, "extensions"))
            self.extension(kind, value["extensions"], pointer(where, "extensions"))


NAMED: set[str] = set()  # filled by the schema: kinds of objects that may have a name


@dataclass(frozen=True, slots=True)
class Field(ABC):
    """Root of the kinds of fields."""

    required: bool = False

    @abstractmethod
    def check(self, value: Any, where: str, walk: Walk) -> None:
        """Raises Refused."""


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    return is_number(value) and value == int(value)


@dataclass(frozen=True, slots=True)
class Whole(Field):
    """A whole number; written 1.0 it still counts as one."""

    low: int = 0
    high: int = LARGEST
    of: frozenset[int] = frozenset()
    step: int = 1

    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not is_whole(value):
            raise refuse("wrong_type", "A whole number is expected here.", where)
        if not self.low <= value <= self.high:
            raise refuse("out_of_range", f"{value} is not between {self.low} and {self.high}.", where)
        if self.of and value not in self.of:
            raise refuse("unknown_value", f"{value} is not one of {sorted(self.of)}.", where)
        if value % self.step:
            raise refuse("out_of_range", f"{value} is not a multiple of {self.step}.", where)


@dataclass(frozen=True, slots=True)
class Index(Field):
    """Counts in an array of the document."""

    array: str = ""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not is_whole(value):
            raise refuse("wrong_type", "An index, a whole number, is expected here.", where)
        if value < 0:
            raise refuse("negative_index", f"The index {value} is below zero.", where)
        if value >= walk.length(self.array):
            count = walk.length(self.array)
            raise refuse(
                "dangling_index", f"The index {value} points past the {count} {self.array} of the file.", where
            )


@dataclass(frozen=True, slots=True)
class Indices(Field):
    """Distinct indices, at least one."""

    array: str = ""
    is_distinct: bool = True

    def check(self, value: Any, where: str, walk: Walk) -> None:
        some(value, where)
        one = Index(array=self.array)
        for at, index in enumerate(value):
            one.check(index, pointer(where, at), walk)
        if self.is_distinct and len(set(value)) != len(value):
            raise refuse("duplicate_element", "The same index stands here twice.", where)


@dataclass(frozen=True, slots=True)
class Number(Field):
    low: float = -3.5e38
    high: float = 3.5e38
    above: float | None = None
    also: float | None = None

    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not is_number(value):
            raise refuse("wrong_type", "A number is expected here.", where)
        self.range(value, where)

    def range(self, value: float, where: str) -> None:
        if not self.low <= value <= self.high and value != self.also:
            raise refuse("out_of_range", f"{value} is not between {self.low:g} and {self.high:g}.", where)
        if self.above is not None and value <= self.above:
            raise refuse("out_of_range", f"{value} must be above {self.above:g}.", where)


@dataclass(frozen=True, slots=True)
class Numbers(Field):
    """A list of numbers of one of the lengths; no lengths: at least one number."""

    lengths: tuple[int, ...] = ()
    each: Number = Number()

    def check(self, value: Any, where: str, walk: Walk) -> None:
        some(value, where)
        if self.lengths and len(value) not in self.lengths:
            wanted = " or ".join(map(str, self.lengths))
            raise refuse("wrong_length", f"{wanted} numbers are expected here, not {len(value)}.", where)
        for number in value:
            if not is_number(number):
                raise refuse("wrong_type", "Only numbers are expected in this list.", where)
            self.each.range(number, where)


@dataclass(frozen=True, slots=True)
class Truth(Field):
    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not isinstance(value, bool):
            raise refuse("wrong_type", "True or false is expected here.", where)


@dataclass(frozen=True, slots=True)
class Text(Field):
    pattern: str = ""
    of: frozenset[str] = frozenset()

    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not isinstance(value, str):
            raise refuse("wrong_type", "Text is expected here.", where)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise refuse("wrong_text", f"{value[:60]!r} is not written as it must be here.", where)
        if self.of and value not in self.of:
            raise refuse("unknown_value", f"{value[:60]!r} is not one of {sorted(self.of)}.", where)


@dataclass(frozen=True, slots=True)
class Texts(Field):
    """Distinct texts, at least one."""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        some(value, where)
        if not all(isinstance(text, str) for text in value):
            raise refuse("wrong_type", "Only text is expected in this list.", where)
        if len(set(value)) != len(value):
            raise refuse("duplicate_element", "The same text stands here twice.", where)


@dataclass(frozen=True, slots=True)
class One(Field):
    """An object of a kind."""

    kind: str = ""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        walk.object(self.kind, value, where)


@dataclass(frozen=True, slots=True)
class Many(Field):
    """A list of objects of a kind, at least one."""

    kind: str = ""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        some(value, where)
        for at, element in enumerate(value):
            walk.object(self.kind, element, pointer(where, at))


@dataclass(frozen=True, slots=True)
class Names(Field):
    """An object whose members are indices, at least one."""

    array: str = ""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            raise refuse("wrong_type", "An object is expected here.", where)
        if not value:
            raise refuse("empty", "This object must not be empty.", where)
        one = Index(array=self.array)
        for name, index in value.items():
            one.check(index, pointer(where, name), walk)


@dataclass(frozen=True, slots=True)
class ManyNames(Field):
    """A list of such objects, at least one."""

    array: str = ""

    def check(self, value: Any, where: str, walk: Walk) -> None:
        some(value, where)
        one = Names(array=self.array)
        for at, element in enumerate(value):
            one.check(element, pointer(where, at), walk)


def some(value: Any, where: str) -> None:
    """A list with something in it."""
    if not isinstance(value, list):
        raise refuse("wrong_type", "A list is expected here.", where)
    if not value:
        raise refuse("empty", "This list must not be empty; leave it out instead.", where)
