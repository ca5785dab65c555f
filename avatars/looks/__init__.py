"""The shipped avatar looks, built by code alone: people one would like to meet, and a guide that is plainly a lamp.

`build_looks()` returns file name → bytes for `assets/gltf/avatars/`; nothing here does I/O.
"""

from carrel.avatars.looks.build import build_looks

__all__ = ["build_looks"]
