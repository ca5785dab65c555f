"""Errors of the room `scenes`.

SceneError
├── DocumentError   a scene document that breaks its schema or its own references (the other side's fault)
├── Refused         a creator's file that may not come in (the other side's fault)
├── CatalogueError  a list or table of books that cannot be read (the other side's fault)
└── BuildError      a hall's recipe that cannot be built (ours)
"""

from __future__ import annotations


class SceneError(Exception):
    """Something about a space is wrong; the message is a sentence that names the fault."""


class DocumentError(SceneError):
    """A scene document was refused: its bytes, its shape, its limits or its references."""


class Refused(SceneError):
    """A creator's file may not come in.

    `code` is for machines, `where` is a JSON pointer into the file or a place in words (may be empty); the message is a
    sentence that names the fault and says what its creator can do.
    """

    def __init__(self, code: str, sentence: str, where: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.where = where


class CatalogueError(SceneError):
    """A list of records, or a table of books made from one, was refused: its bytes, its shape or its limits."""


class BuildError(SceneError):
    """A hall cannot be built from what it was given."""
