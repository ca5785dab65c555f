"""Avatars that people bring: which files have a body that can be worn, and what their authors allow."""

from carrel.avatars.vrm.check import VRM_0, VRM_1, VrmFacts, check, is_claimed

__all__ = ["VRM_0", "VRM_1", "VrmFacts", "check", "is_claimed"]
