"""Every setting: its unit, limits, default and a sentence.

Read, last one wins, from the defaults here, a TOML file (`carrel.toml` in the data folder), the environment (`CARREL_ROOM_CAPACITY=200`) and the command line.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from carrel.server.errors import ConfigurationError

PREFIX = "CARREL_"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value for the whole process; parts take the fields they need."""

    # --- the library ---
    library_name: Annotated[
        str, Meta(min_length=1, max_length=80, description="The library's own name, as pages show it.")
    ] = "Willow Bridge Library"
    library_name_zh: Annotated[str, Meta(min_length=1, max_length=80, description="The same in Chinese.")] = (
        "柳桥图书馆"
    )
    accent: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$", description="The one accent colour of the pages.")] = (
        "#1f4d3a"
    )
    default_language: Annotated[
        str, Meta(pattern="^[a-z]{2}$", description="Language when the browser asks for none that we have.")
    ] = "en"

    # --- where it listens and keeps ---
    host: Annotated[
        str,
        Meta(max_length=255, description="Address to bind; anything but loopback opens the library to the network."),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="TCP port; 0 takes a free one.")] = 8080
    data_dir: Annotated[
        str, Meta(max_length=4096, description="Folder of the database, blobs, keys and certificates.")
    ] = "data"
    database_url: Annotated[
        str, Meta(max_length=1024, description="SQLAlchemy address; empty means SQLite in the data folder.")
    ] = ""
    public_url: Annotated[
        str,
        Meta(
            max_length=1024,
            description="The address readers type, when a proxy stands before us; empty means the one we bind.",
        ),
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...], Meta(max_length=32, description="Further origins whose pages may act here.")
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(max_length=32, description="Networks whose X-Forwarded-For and -Proto headers are believed."),
    ] = ()
    tls_cert: Annotated[str, Meta(max_length=4096, description="PEM certificate chain; `self-signed` makes one.")] = ""
    tls_key: Annotated[str, Meta(max_length=4096, description="PEM private key of the certificate.")] = ""

    # --- people ---
    session_hours: Annotated[int, Meta(ge=1, le=24 * 90, description="Hours until a signed-in session ends.")] = 24 * 14
    guest_session_hours: Annotated[int, Meta(ge=1, le=24 * 7, description="Hours until a guest's session ends.")] = 24
    shared_session_minutes: Annotated[
        int, Meta(ge=5, le=24 * 60, description="Minutes until a session on a shared computer ends.")
    ] = 60
    staff_link_minutes: Annotated[
        int, Meta(ge=1, le=24 * 60, description="Minutes that the one-time staff link of the first start lives.")
    ] = 60
    pairing_minutes: Annotated[
        int, Meta(ge=1, le=30, description="Minutes that a headset's six-character code lives.")
    ] = 5
    pairing_tries: Annotated[
        int, Meta(ge=1, le=20, description="Wrong codes an address may type in those minutes.")
    ] = 10
    logins_per_minute: Annotated[
        int, Meta(ge=1, le=1000, description="Tries of one account name from one session or address a minute.")
    ] = 10
    sessions_per_minute: Annotated[
        int,
        Meta(
            ge=1, le=100_000, description="New guest sessions from one address a minute; a classroom sits behind one."
        ),
    ] = 120
    enters_per_minute: Annotated[
        int, Meta(ge=1, le=1000, description="Entries into rooms of one session a minute.")
    ] = 30

    # --- rooms ---
    room_capacity: Annotated[int, Meta(ge=1, le=2000, description="People in one room at most.")] = 1200
    tick_hz: Annotated[int, Meta(ge=1, le=60, description="Frames a second.")] = 20
    full_frame_people: Annotated[
        int, Meta(ge=1, le=2000, description="Up to this many people everyone gets the same frame.")
    ] = 50
    interest: Annotated[
        str,
        Meta(
            pattern="^(auto|off)$",
            description="`auto` divides crowds into neighbourhoods, `off` sends everything to everyone.",
        ),
    ] = "auto"
    neighbourhood_people: Annotated[int, Meta(ge=2, le=64, description="People in one neighbourhood at most.")] = 7
    client_bytes_per_s: Annotated[
        int, Meta(ge=4000, le=10_000_000, description="Byte budget of one reader's frames a second.")
    ] = 39_500
    first_tier_bytes_per_s: Annotated[
        int, Meta(ge=2000, le=10_000_000, description="Part of it for those shown in full at every tick.")
    ] = 24_000
    second_tier_people: Annotated[
        int, Meta(ge=0, le=2000, description="People shown head-only five times a second.")
    ] = 128
    hearing_metres: Annotated[float, Meta(gt=0, le=200, description="Distance at which nearby chat is heard.")] = 8.0
    poses_per_s: Annotated[
        int, Meta(ge=1, le=120, description="Poses a client may send a second; more are dropped.")
    ] = 40
    speed_metres_per_s: Annotated[
        float, Meta(gt=0, le=100, description="Fastest walk believed; anything faster is a teleport.")
    ] = 8.0
    teleports_per_minute: Annotated[
        int, Meta(ge=1, le=600, description="Teleports of one participant a minute; more are put back.")
    ] = 60
    chats_per_minute: Annotated[int, Meta(ge=1, le=600, description="Chat lines of one participant a minute.")] = 20
    gestures_per_minute: Annotated[
        int, Meta(ge=1, le=600, description="Reactions, raised hands and changes of look of one participant a minute.")
    ] = 60
    reports_per_hour: Annotated[
        int, Meta(ge=1, le=600, description="Reports to the moderators of one participant an hour.")
    ] = 20
    participants_per_session: Annotated[
        int, Meta(ge=1, le=64, description="Places that one session may hold in one room: tabs and headsets.")
    ] = 8
    requests_per_s: Annotated[
        int, Meta(ge=1, le=1000, description="Requests of one participant a second, in bursts of twice as many.")
    ] = 20
    bad_messages_per_minute: Annotated[
        int,
        Meta(ge=1, le=1000, description="Malformed messages a minute until the connection is closed with a reason."),
    ] = 30
    request_bytes: Annotated[int, Meta(ge=256, le=1 << 20, description="Size of one request at most.")] = 16_384
    chat_minutes: Annotated[int, Meta(ge=1, le=60, description="Minutes of chat kept in memory, never on disk.")] = 15
    ticket_ms: Annotated[int, Meta(ge=1000, le=120_000, description="Milliseconds that an entry ticket lives.")] = (
        30_000
    )
    resume_window_ms: Annotated[
        int, Meta(ge=1000, le=600_000, description="Milliseconds that a lost participant's place is kept.")
    ] = 60_000
    slot_quarantine_ms: Annotated[
        int, Meta(ge=0, le=600_000, description="Milliseconds before a slot is given to somebody else.")
    ] = 120_000
    event_ring: Annotated[int, Meta(ge=16, le=65_536, description="Shared events kept for replay after a resume.")] = (
        4096
    )
    private_ring: Annotated[int, Meta(ge=16, le=4096, description="Private events kept for one participant.")] = 128
    write_buffer_bytes: Annotated[
        int, Meta(ge=4096, le=1 << 24, description="Unsent bytes beyond which a reader misses poses.")
    ] = 131_072
    slow_client_ms: Annotated[
        int,
        Meta(ge=1000, le=120_000, description="Milliseconds of a full buffer until the reader is dropped to resume."),
    ] = 10_000
    hello_ms: Annotated[int, Meta(ge=500, le=60_000, description="Milliseconds a new socket has to say hello.")] = (
        10_000
    )
    silent_client_ms: Annotated[
        int,
        Meta(
            ge=2000,
            le=600_000,
            description="Milliseconds without a byte until a connection is taken as lost; asked by a ping at half of it.",
        ),
    ] = 45_000
    tunnel_hz: Annotated[int, Meta(ge=1, le=20, description="Frames a second through the Socket.IO tunnel.")] = 5
    library_events_per_s: Annotated[
        int,
        Meta(
            ge=1,
            le=1000,
            description="Events of one connection on the library channel a second, tunnelled poses apart.",
        ),
    ] = 10
    letters_kept: Annotated[
        int, Meta(ge=8, le=1024, description="Unread letters kept for one person on the library channel.")
    ] = 64

    # --- what people place ---
    scene_policy: Annotated[
        str,
        Meta(
            pattern=r"^(everybody|open|staff)\Z",
            description="Who may place things in a room that has no policy of its own: `everybody` (guests too), `open` (who is signed in), `staff`.",
        ),
    ] = "staff"
    open_rooms: Annotated[
        tuple[str, ...],
        Meta(
            max_length=256,
            description="Rooms, by name or by pattern with `*`, whose policy is `open` unless they have one of their own.",
        ),
    ] = ("exhibition*", "readers-room*")
    scene_entities: Annotated[int, Meta(ge=1, le=20_000, description="Things placed in one room at most.")] = 5000
    scene_entities_per_person: Annotated[
        int,
        Meta(
            ge=1,
            le=20_000,
            description="Things of one person in one room at most. The room's owner and the staff, who may change everything there, are not bound by it.",
        ),
    ] = 500
    scene_entity_bytes: Annotated[
        int, Meta(ge=512, le=16_384, description="Size of one placed thing's description at most.")
    ] = 4096
    caption_chars: Annotated[int, Meta(ge=1, le=300, description="Length of a caption at most.")] = 300
    scene_changes_per_minute: Annotated[
        int,
        Meta(ge=1, le=100_000, description="Changes of the scene by one session a minute, grabs and undo among them."),
    ] = 240
    scene_lease_ms: Annotated[
        int,
        Meta(ge=1000, le=600_000, description="Milliseconds until a held thing is free again unless it is moved."),
    ] = 10_000
    scene_history_operations: Annotated[
        int,
        Meta(
            ge=100,
            le=10_000_000,
            description="Operations of one room that are kept: each state since then can be looked at and restored. Older ones are merged into a snapshot.",
        ),
    ] = 20_000
    drag_metres_per_s: Annotated[
        float, Meta(gt=0, le=1000, description="Fastest move of a held thing that is believed.")
    ] = 30.0

    # --- the ledger ---
    ledger_origin: Annotated[
        str,
        Meta(
            pattern=r"^[!-*,-~]{0,128}\Z",
            max_length=128,
            description="Name of the log that the first start makes; empty takes the host of `public_url`, or a name that no other has.",
        ),
    ] = ""
    ledger_passphrase_file: Annotated[
        str,
        Meta(
            max_length=4096,
            description="File whose first line unseals the log's key and the library's; with it the first start seals them.",
        ),
    ] = ""
    ledger_database: Annotated[
        str,
        Meta(
            max_length=1024,
            description="SQLAlchemy address for a new log's entries, postgresql+asyncpg://…; empty means SQLite in the data folder.",
        ),
    ] = ""
    ledger_tiles: Annotated[
        str,
        Meta(
            max_length=1024,
            description="Folder, or address like s3://bucket/prefix, for a new log's public files; empty means the data folder.",
        ),
    ] = ""
    ledger_latest: Annotated[
        str,
        Meta(
            max_length=1024,
            description="The same for its latest checkpoint, which is to stay out of backups; empty means the data folder.",
        ),
    ] = ""
    ledger_policy: Annotated[
        str,
        Meta(
            max_length=4096,
            description="C2SP tlog-policy file: the witnesses, and how many must cosign before a checkpoint is published; empty means none.",
        ),
    ] = ""
    ledger_queue_entries: Annotated[
        int,
        Meta(
            ge=1000, le=100_000, description="Entries that may wait for their verdict; more are sent away for a moment."
        ),
    ] = 4000
    ledger_entries_per_minute: Annotated[
        int,
        Meta(
            ge=1,
            le=100_000,
            description="Entries of one session a minute; ten times as many of one address, where a classroom may sit.",
        ),
    ] = 120

    # --- works that people bring ---
    upload_bytes: Annotated[
        int, Meta(ge=1024, le=1 << 30, description="Size of one file that a person brings, at most.")
    ] = 134_217_728
    upload_quota_bytes: Annotated[
        int, Meta(ge=0, le=1 << 44, description="Bytes of all the originals of one person, uploads under way included.")
    ] = 2_147_483_648
    upload_quota_works: Annotated[int, Meta(ge=0, le=1_000_000, description="Works of one person.")] = 500
    uploads_per_hour: Annotated[
        int, Meta(ge=1, le=100_000, description="Uploads that one person may begin an hour.")
    ] = 120
    upload_hours: Annotated[
        int, Meta(ge=1, le=24 * 30, description="Hours after the last byte until an unfinished upload is forgotten.")
    ] = 24
    upload_free_bytes: Annotated[
        int, Meta(ge=0, le=1 << 44, description="Room on the disk that uploads leave free for everything else.")
    ] = 1_073_741_824
    ingest_at_once: Annotated[
        int, Meta(ge=1, le=64, description="Works looked at beside each other, a worker each.")
    ] = 2
    ingest_queue: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="Works that may wait for that, a fifth of them one person's; beyond them new uploads are sent away for a moment.",
        ),
    ] = 50
    ingest_memory_bytes: Annotated[
        int, Meta(ge=512 << 20, le=1 << 36, description="Address space of a worker that looks at a file.")
    ] = 2_147_483_648
    ingest_ms: Annotated[
        int, Meta(ge=1000, le=3_600_000, description="Milliseconds that looking at one file may take.")
    ] = 90_000

    # --- running ---
    log_format: Annotated[str, Meta(pattern="^(console|json)$", description="How the log is written.")] = "console"
    log_level: Annotated[
        str, Meta(pattern="^(debug|info|warning|error)$", description="The least important line that is written.")
    ] = "info"
    request_body_bytes: Annotated[
        int,
        Meta(ge=1024, le=1 << 30, description="Size of an HTTP body at most, where a route does not say otherwise."),
    ] = 65_536
    drain_ms: Annotated[
        int, Meta(ge=0, le=60_000, description="Milliseconds a stopping server waits for its connections.")
    ] = 2_000


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from file, environment and `overrides` (None values are ignored). Raises ConfigurationError naming the field and its limit."""
    environ = os.environ if environ is None else environ
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    from_env = {name[len(PREFIX) :].lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    folder = str(given.get("data_dir", from_env.get("data_dir", Settings.__struct_defaults__[_index("data_dir")])))
    return _checked({**_from_file(Path(folder) / "carrel.toml"), **_split(from_env), **given})


def _checked(values: Mapping[str, Any]) -> Settings:
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"A setting is not right: {error}. `carrel settings` lists them all with their limits."
        ) from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _split(values: Mapping[str, str]) -> dict[str, Any]:
    """Lists come as comma-separated text from the environment. Names we do not know are refused, so that a typing mistake is noticed."""
    lists = {field.name for field in msgspec.structs.fields(Settings) if "tuple" in str(field.type)}
    return {
        name: tuple(part.strip() for part in text.split(",") if part.strip()) if name in lists else text
        for name, text in values.items()
    }


def _index(name: str) -> int:
    return Settings.__struct_fields__.index(name)


def describe() -> list[tuple[str, str, str, str]]:
    """(name, default, limits, sentence) of each setting, for the documentation and `carrel settings`."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        meta = next(item for item in field.type.__metadata__ if isinstance(item, Meta))
        limits = {
            key: getattr(meta, key)
            for key in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
            if getattr(meta, key) is not None
        }
        words = ", ".join(f"{_LIMIT_WORDS[key]} {value}" for key, value in limits.items())
        rows.append((field.name, repr(field.default), words, str(meta.description)))
    return rows


def markdown() -> str:
    """docs/reference/settings.md."""
    head = (
        "# Settings\n\nMade from `server/settings.py` by `make generate`. Read, last one wins: defaults, `carrel.toml` in the data folder, the environment\n"
        f"(`{PREFIX}` and the name in capitals; lists with commas), the command line.\n\n| setting | default | limits | meaning |\n|---|---|---|---|\n"
    )
    rows = (tuple(cell.replace("|", "\\|") for cell in row) for row in describe())
    return head + "".join(
        f"| `{name}` | `{default}` | {limits} | {sentence} |\n" for name, default, limits, sentence in rows
    )


_LIMIT_WORDS = {
    "ge": "at least",
    "gt": "more than",
    "le": "at most",
    "lt": "less than",
    "min_length": "length at least",
    "max_length": "length at most",
    "pattern": "matching",
}
