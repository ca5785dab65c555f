"""`python -m carrel.server.registry.signature_worker`: verifies signatures, a group at a time, until its input ends.

A message is a length of four bytes, big-endian, and msgpack: in come triples of key, message, signature; out go the places of the wrong ones.
"""

from __future__ import annotations

import signal
import sys
from typing import IO, Final

import msgspec

from carrel.ledger.ed25519 import Signed, wrong_ones

_LENGTH_BYTES: Final = 4
_decoder: Final = msgspec.msgpack.Decoder(list[Signed])


def send(pipe: IO[bytes], value: object) -> None:
    data = msgspec.msgpack.encode(value)
    pipe.write(len(data).to_bytes(_LENGTH_BYTES) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Raises EOFError when the other end is gone."""
    length = pipe.read(_LENGTH_BYTES)
    data = pipe.read(int.from_bytes(length))
    if len(length) < _LENGTH_BYTES or len(data) < int.from_bytes(length):
        raise EOFError
    return data


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the library, which ends this input when it is done
    while True:
        try:
            signed = _decoder.decode(receive(sys.stdin.buffer))
        except EOFError:
            return
        send(sys.stdout.buffer, wrong_ones(signed))


if __name__ == "__main__":
    main()
