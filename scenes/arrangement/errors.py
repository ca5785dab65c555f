"""Why a change of an arrangement is refused. Each message is a sentence for the person who asked.

SceneError
└── ArrangementError
    ├── Unfit        the thing itself: its id, components, place, size in bytes
    ├── Missing      no such thing is placed
    ├── Occupied     this id is in use
    ├── NotYours     somebody else's thing, or no right to place at all
    ├── Held         somebody holds it, or one holds something else
    ├── NotHeld      one does not hold it (any more)
    ├── Overtaken    undo or redo: somebody else has changed the thing since
    ├── NothingLeft  nothing to undo or redo
    ├── Full         the room has as many things as it may
    └── OverShare    one person has as many things here as one may
"""

from __future__ import annotations

from carrel.scenes.errors import SceneError


class ArrangementError(SceneError):
    """A change was refused, and nothing has changed."""


class Unfit(ArrangementError):
    pass


class Missing(ArrangementError):
    pass


class Occupied(ArrangementError):
    pass


class NotYours(ArrangementError):
    pass


class Held(ArrangementError):
    pass


class NotHeld(ArrangementError):
    pass


class Overtaken(ArrangementError):
    pass


class NothingLeft(ArrangementError):
    pass


class Full(ArrangementError):
    pass


class OverShare(ArrangementError):
    pass
