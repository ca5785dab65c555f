"""What uploads and works answer beyond the server's own errors."""

from __future__ import annotations

from carrel.server.errors import PeerError


class Unsupported(PeerError):
    """Bytes of a type that this door does not take."""

    code, status = "unsupported_type", 415


class WrongProtocol(PeerError):
    """Not the version of tus that is spoken here."""

    code, status = "wrong_protocol", 412


class WrongChecksum(PeerError):
    """What arrived is not what was sent; nothing of it was kept."""

    code, status = "wrong_checksum", 460


class QuotaSpent(PeerError):
    """This person has brought as much as one person may."""

    code, status = "quota_spent", 403


class DiskFull(PeerError):
    """Said before the bytes are sent."""

    code, status = "disk_full", 507


class NotTaken(PeerError):
    """A file that a gate refused, where that is the whole answer."""

    code, status = "not_taken", 422
