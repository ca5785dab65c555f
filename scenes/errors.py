"""Errors of the room `scenes`.

SceneError
├── DocumentError   a scene document that breaks its schema or its own references (the other side's fault)
└── BuildError      a hall's recipe that cannot be built (ours)
"""

from __future__ import annotations


class SceneError(Exception):
    """Something about a space is wrong; the message is a sentence that names the fault."""


class DocumentError(SceneError):
    """A scene document was refused: its bytes, its shape, its limits or its references."""


class BuildError(SceneError):
    """A hall cannot be built from what it was given."""
