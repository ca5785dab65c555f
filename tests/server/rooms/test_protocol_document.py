"""docs/design/protocol.md says what the code does."""

from __future__ import annotations

import re

import msgspec
import pytest

from carrel.avatars import codec
from carrel.avatars.codec import UP_DRAG_LAYOUT
from carrel.scenes.arrangement.checks import SCALES
from carrel.server.rooms import drags, library_channel, moderation, pose_table
from carrel.server.rooms.chat import NEWCOMER_LINES
from carrel.server.rooms.pose_table import HOLD_METRES, HOLD_MS
from carrel.server.rooms.scene_ports import HISTORY_LINES
from carrel.server.rooms.service import RESTORES_PER_MINUTE
from carrel.server.settings import Settings

from .protocol_blocks import DOCUMENT, filled

TEXT = DOCUMENT.read_text("utf-8")


def test_the_generated_parts_are_fresh() -> None:
    assert filled(TEXT) == TEXT, "run `python -m tests.server.rooms.protocol_blocks`"


def test_settings_are_quoted_with_their_defaults() -> None:
    defaults = msgspec.to_builtins(Settings())
    quoted = re.findall(r"`([a-z_]+)` \(([\d ]+)(?: (s))?\)", TEXT)
    assert len(quoted) >= 8
    for name, value, seconds in quoted:
        assert defaults[name] == int(value.replace(" ", "")) * (1000 if seconds else 1), name


def test_the_limits_are_the_defaults() -> None:
    settings = Settings()
    for limit, wanted in (
        (f"{settings.requests_per_s} a second, bursts of {2 * settings.requests_per_s}", 1),
        (f"chat lines | {settings.chats_per_minute} a minute", 1),
        (f"looks | {settings.gestures_per_minute} a minute", 1),
        (f"reports | {settings.reports_per_hour} an hour", 1),
        (f"grabs and undo among them | {settings.scene_changes_per_minute} a minute", 1),
        (f"drags | {settings.poses_per_s} a second", 1),
        (f"`0.5 m + {settings.drag_metres_per_s:g} m/s × time`", 1),
        (f"between {SCALES[0]:g} and {SCALES[1]:g}", 1),
        (f"at most {drags.MOST} a frame", 1),
        (f"at most {HISTORY_LINES} operations", 1),
        (f"{UP_DRAG_LAYOUT.itemsize} bytes with position", 1),
        (f"entries | {settings.enters_per_minute} a minute", 1),
        (f"one room | {settings.participants_per_session} |", 1),
        (f"for {settings.silent_client_ms // 2000} s is asked", 1),
        (f"after {settings.silent_client_ms // 1000} s taken as lost", 1),
        (f"last {settings.chat_minutes} minutes", 1),
        (f"at most {NEWCOMER_LINES} room-wide lines", 1),
        (
            f"{settings.library_events_per_s} events a second, apart from tunnelled messages ({library_channel.TUNNEL_MESSAGES_PER_S} a second)",
            1,
        ),
        (f"in memory, {settings.letters_kept} for one person", 1),
        (f"Up to {settings.full_frame_people} people", 1),
        (f"at most {settings.neighbourhood_people} people each", 1),
        (f"`0.5 m + {settings.speed_metres_per_s:g} m/s × time`", 1),
    ):
        assert TEXT.count(limit) >= wanted, limit
    assert f"`space.entity_limit` things are here ({settings.scene_entities:,} unless".replace(",", " ") in TEXT
    assert (drags.SLACK_M, RESTORES_PER_MINUTE) == (0.5, 6)
    assert (HOLD_METRES, HOLD_MS, pose_table.EYES_M) == (2.0, 2000, 1.6)
    assert moderation.REMOVED_MS == 300_000


def test_worst_errors_are_the_codecs() -> None:
    assert f"int16 × {codec.STEP_M:g} m" in TEXT
    assert f"int16 × {codec.HAND_STEP_M:g} m" in TEXT
    assert f"| {codec.STEP_M * 500:g} mm |" in TEXT
    assert f"| {codec.HAND_STEP_M * 500:g} mm |" in TEXT
    assert f"| {codec.ROTATION_ERROR_RAD:g} rad" in TEXT


def test_the_arithmetic_adds_up() -> None:
    rows = [row for row in TEXT.splitlines() if row.startswith("|") and "KB/s" in row and "people" not in row]
    assert len(rows) == 4
    for row in rows:
        products = re.findall(r"(\d+) × (\d+) B × (\d+) = ([\d.]+) KB/s", row)
        for count, size, rate, result in products:
            assert int(count) * int(size) * int(rate) / 1000 == pytest.approx(float(result), abs=0.051), row
        *parts, total = [float(value) for value in re.findall(r"([\d.]+) KB/s", row)]
        assert sum(parts) == pytest.approx(total, abs=0.11), row
        assert total <= 40.0
