"""The gate for GLB: one pass of our own over a creator's file, before any library sees it."""

from carrel.scenes.ingest.gate.check import Facts, check_glb

__all__ = ["Facts", "check_glb"]
