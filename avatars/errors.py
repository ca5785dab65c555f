"""Errors of the bodies: PeerError-like ones (`PoseError`) speak of a foreign pose, ValueError of our own misuse."""

from __future__ import annotations


class PoseError(ValueError):
    """A pose record from outside that does not fit its layout."""
