"""The one worker for hostile bytes: a process that can compute, answer, and nothing else.

It reads what it was handed open and answers through one socket; it can open no file to write, no connection, no other program. Whatever it answers is
checked and bounded by who asked; whatever looks odd ends it.
"""

from carrel.server.sandbox.limits import Limits
from carrel.server.sandbox.run import Outcome, Worker, WorkerBroke, run

__all__ = ["Limits", "Outcome", "Worker", "WorkerBroke", "run"]
