"""The frame reader against an independent peer (wsproto), in arbitrary pieces, and against everything a client must not send."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong

from carrel.server.rooms.websocket_frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    FrameReader,
    ProtocolViolation,
    Received,
    close_code,
    close_frame,
    header,
    unmask,
)

LIMIT = 16_384
messages = st.lists(
    st.one_of(
        st.tuples(st.just(BINARY), st.binary(max_size=300)),
        st.tuples(st.just(BINARY), st.integers(126, 9000).map(bytes)),
        st.tuples(st.just(PING), st.binary(max_size=125)),
        st.tuples(st.just(PONG), st.binary(max_size=125)),
    ),
    max_size=12,
)
EVENTS: dict[int, type[Event]] = {PING: Ping, PONG: Pong}


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    points = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(points)]


def frame(first: int, payload: bytes, mask: bytes = b"abcd", size: bytes | None = None) -> bytes:
    length = len(payload)
    if size is None:
        size = (
            bytes((length,))
            if length < 126
            else b"\x7e" + length.to_bytes(2, "big")
            if length < 65536
            else b"\x7f" + length.to_bytes(8, "big")
        )
    return bytes((first, size[0] | 0x80)) + size[1:] + mask + unmask(payload, mask)


@given(messages, st.lists(st.integers(0, 20_000), max_size=30), st.data())
def test_whatever_wsproto_sends_is_read_in_any_pieces(
    sent: list[tuple[int, bytes]], cuts: list[int], data: st.DataObject
) -> None:
    peer = Connection(ConnectionType.CLIENT)
    wire = b""
    for opcode, payload in sent:
        if opcode == BINARY and len(payload) > 1 and data.draw(st.booleans()):
            cut = data.draw(st.integers(0, len(payload)))
            wire += peer.send(BytesMessage(payload[:cut], message_finished=False))
            wire += peer.send(Ping(b"between"))
            wire += peer.send(BytesMessage(payload[cut:], message_finished=True))
        elif opcode == BINARY:
            wire += peer.send(BytesMessage(payload))
        else:
            wire += peer.send(EVENTS[opcode](payload))
    reader = FrameReader(LIMIT)
    received = [item for piece in in_pieces(wire, cuts) for item in reader.feed(piece)]
    assert [item for item in received if item != Received(PING, b"between")] == [Received(*item) for item in sent]
    assert reader.idle


@given(st.integers(0, 70_000))
def test_wsproto_reads_our_headers(size: int) -> None:
    peer = Connection(ConnectionType.CLIENT)
    peer.receive_data(header(BINARY, size) + bytes(size))
    assert sum(len(event.data) for event in peer.events() if isinstance(event, BytesMessage)) == size


@given(st.sampled_from([1000, 1002, 1009, 1012, 4000, 4999]), st.text(max_size=200))
def test_wsproto_reads_our_close(code: int, reason: str) -> None:
    peer = Connection(ConnectionType.CLIENT)
    peer.receive_data(close_frame(code, reason))
    event = next(iter(peer.events()))
    assert isinstance(event, CloseConnection)
    assert event.code == code
    assert reason.startswith(event.reason or "")


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=10))
def test_noise_is_read_or_refused_and_pieces_do_not_matter(noise: bytes, cuts: list[int]) -> None:
    def outcome(pieces: list[bytes]) -> tuple[list[Received], int | None]:
        reader, found = FrameReader(LIMIT), []
        for piece in pieces:
            for single in (piece[i : i + 1] for i in range(len(piece))) if len(pieces) == 1 else (piece,):
                try:
                    found += reader.feed(single)
                except ProtocolViolation as violation:
                    return found, violation.code
        return found, None

    one_by_one, code = outcome([noise])
    pieced, pieced_code = outcome(in_pieces(noise, cuts))
    assert code == pieced_code
    # A violation takes what came complete in the same piece with it.
    assert one_by_one[: len(pieced)] == pieced
    if code is None:
        assert one_by_one == pieced


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (b"\x82\x01x", 1002),
        (frame(0xC2, b"x"), 1002),
        (frame(0x92, b"x"), 1002),
        (frame(0x83, b"x"), 1002),
        (frame(0x8B, b"x"), 1002),
        (frame(0x80, b"x"), 1002),
        (frame(0x02, b"x") + frame(0x82, b"y"), 1002),
        (frame(0x09, b"x"), 1002),
        (frame(0x89, bytes(126)), 1002),
        (frame(0x82, b"x", size=b"\x7e\x00\x01"), 1002),
        (frame(0x82, b"x", size=b"\x7f" + (1).to_bytes(8, "big")), 1002),
        (frame(0x82, b"", size=b"\x7f\x80" + bytes(7)), 1002),
        (frame(0x81, b"text"), 1003),
        (frame(0x82, bytes(LIMIT + 1)), 1009),
        (frame(0x82, b"", size=b"\x7f" + (1 << 40).to_bytes(8, "big")), 1009),
        (frame(0x02, bytes(LIMIT)) + frame(0x80, b"x"), 1009),
    ],
)
def test_what_a_client_must_not_send(wire: bytes, code: int) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        FrameReader(LIMIT).feed(wire)
    assert caught.value.code == code


def test_the_largest_message_passes() -> None:
    assert FrameReader(LIMIT).feed(frame(0x82, bytes(LIMIT))) == [Received(BINARY, bytes(LIMIT))]


def test_nothing_is_read_after_a_close() -> None:
    reader = FrameReader(LIMIT)
    assert reader.feed(frame(0x88, b"") + frame(0x82, b"late")) == [Received(CLOSE, b"")]
    assert reader.feed(b"") == []


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"\x03", 1002), (b"\x03\xed", 1002), (b"\x00\x01", 1002), (b"\x13\x88", 1002), (b"\x03\xe8\xff", 1007)],
)
def test_close_frames_that_may_not_be(payload: bytes, code: int) -> None:
    with pytest.raises(ProtocolViolation) as caught:
        close_code(payload)
    assert caught.value.code == code


@pytest.mark.parametrize(("payload", "code"), [(b"", 1005), (b"\x03\xe8", 1000), (b"\x0f\xa0bye", 4000)])
def test_close_frames_that_may(payload: bytes, code: int) -> None:
    assert close_code(payload) == code
