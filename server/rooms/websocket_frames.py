"""RFC 6455 frames without I/O, as a server reads and writes them after the handshake, no extensions.

`FrameReader.feed` takes bytes in any pieces and returns whole messages and control frames. Everything the RFC forbids a client raises `ProtocolViolation` with
the close code it asks for. Text messages are refused (1003): the room channel is binary.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

PROTOCOL_ERROR: Final = 1002
UNSUPPORTED: Final = 1003
INVALID: Final = 1007
TOO_BIG: Final = 1009

CONTROL_BYTES: Final = 125
_NEVER_SENT: Final = frozenset({1004, 1005, 1006, 1015})


class ProtocolViolation(Exception):
    """The peer broke the framing; close with `code` and go."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.before: list[Received] = []


class Received(NamedTuple):
    """A whole binary message, or a control frame, unmasked."""

    opcode: int
    payload: bytes


def header(opcode: int, size_bytes: int) -> bytes:
    """Header of one whole unmasked frame."""
    if size_bytes < 126:
        return bytes((0x80 | opcode, size_bytes))
    if size_bytes < 65536:
        return bytes((0x80 | opcode, 126)) + size_bytes.to_bytes(2, "big")
    return bytes((0x80 | opcode, 127)) + size_bytes.to_bytes(8, "big")


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; the reason is cut to what a control frame holds."""
    payload = code.to_bytes(2, "big") + reason.encode()[: CONTROL_BYTES - 2].decode(errors="ignore").encode()
    return header(CLOSE, len(payload)) + payload


def close_code(payload: bytes) -> int:
    """The code a peer's close frame carries, 1005 for none. Raises ProtocolViolation."""
    if not payload:
        return 1005
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in _NEVER_SENT:
        raise ProtocolViolation(PROTOCOL_ERROR, "a close frame with a code that may not be sent")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise ProtocolViolation(INVALID, "a close reason that is not UTF-8") from None
    return code


def unmask(payload: bytes, mask: bytes) -> bytes:
    """XOR with the repeated four-byte mask."""
    size = len(payload)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")


class FrameReader:
    """One connection's incoming bytes. `limit_bytes` bounds a message, however it is fragmented; nothing larger is ever kept."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._pending = bytearray()
        self._fragments: list[bytes] | None = None
        self._fragments_bytes = 0

    @property
    def idle(self) -> bool:
        """Nothing half read: the next byte begins a frame."""
        return not self._pending and self._fragments is None

    def feed(self, data: bytes) -> list[Received]:
        """Everything that is complete now, in order. Raises ProtocolViolation, which holds what was complete before it."""
        self._pending += data
        found: list[Received] = []
        try:
            self._take(found)
        except ProtocolViolation as violation:
            violation.before = found
            raise
        return found

    def _take(self, found: list[Received]) -> None:
        at = 0
        while (frame := self._frame(at)) is not None:
            at, final, opcode, payload = frame
            if opcode >= CLOSE:
                found.append(Received(opcode, payload))
            elif (message := self._join(final, opcode, payload)) is not None:
                found.append(Received(BINARY, message))
            if opcode == CLOSE:
                at = len(self._pending)
                break
        del self._pending[:at]

    def _frame(self, at: int) -> tuple[int, bool, int, bytes] | None:
        """The frame at `at`: (where the next begins, FIN, opcode, payload); None while it is incomplete."""
        buffer = self._pending
        there = len(buffer) - at
        if there < 2:
            return None
        first, second = buffer[at], buffer[at + 1]
        opcode, size = first & 0x0F, second & 0x7F
        self._admit(first, second, opcode, size)
        start = at + 2
        if size == 126:
            start += 2
            if there < 4:
                return None
            size = int.from_bytes(buffer[at + 2 : start], "big")
            if size < 126:
                raise ProtocolViolation(PROTOCOL_ERROR, "a length that is not in its shortest form")
        elif size == 127:
            start += 8
            if there < 10:
                return None
            size = int.from_bytes(buffer[at + 2 : start], "big")
            if size < 65536 or size >> 63:
                raise ProtocolViolation(PROTOCOL_ERROR, "a length that is not in its shortest form")
        if opcode < CLOSE and size + self._fragments_bytes > self._limit:
            raise ProtocolViolation(TOO_BIG, f"a message has at most {self._limit} bytes")
        end = start + 4 + size
        if len(buffer) < end:
            return None
        payload = unmask(bytes(buffer[start + 4 : end]), bytes(buffer[start : start + 4]))
        return end, bool(first & 0x80), opcode, payload

    def _admit(self, first: int, second: int, opcode: int, size: int) -> None:
        if first & 0x70:
            raise ProtocolViolation(PROTOCOL_ERROR, "reserved bits without an extension")
        if not second & 0x80:
            raise ProtocolViolation(PROTOCOL_ERROR, "a client's frame without a mask")
        if opcode >= CLOSE:
            if opcode > PONG:
                raise ProtocolViolation(PROTOCOL_ERROR, "an unknown control frame")
            if size > CONTROL_BYTES or not first & 0x80:
                raise ProtocolViolation(PROTOCOL_ERROR, "a control frame that is long or fragmented")
        elif opcode == TEXT:
            raise ProtocolViolation(UNSUPPORTED, "this channel is binary")
        elif opcode > BINARY:
            raise ProtocolViolation(PROTOCOL_ERROR, "an unknown data frame")
        elif (opcode == CONTINUATION) == (self._fragments is None):
            raise ProtocolViolation(PROTOCOL_ERROR, "fragments out of order")

    def _join(self, final: bool, opcode: int, payload: bytes) -> bytes | None:
        if final and self._fragments is None:
            return payload
        self._fragments = [*(self._fragments or ()), payload] if opcode else self._grown(payload)
        self._fragments_bytes += len(payload)
        if not final:
            return None
        message = b"".join(self._fragments)
        self._fragments, self._fragments_bytes = None, 0
        return message

    def _grown(self, payload: bytes) -> list[bytes]:
        assert self._fragments is not None
        if payload:
            self._fragments.append(payload)
        return self._fragments
