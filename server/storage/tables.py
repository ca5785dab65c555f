"""The tables as they are now; the migrations say how they came to be. Times are Unix milliseconds."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    true,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("account_id", String(32), primary_key=True),
    Column("login_key", String(120), nullable=False, unique=True),  # the name as it is compared
    Column("login", String(80), nullable=False),  # the name as it was given
    Column("display_name", String(80), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("roles", String(120), nullable=False),  # space-separated
    Column("language", String(8), nullable=False),
    Column("is_open", Boolean, nullable=False, server_default=true()),
    Column("created_ms", BigInteger, nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("session_id", String(32), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("account_id", String(32), ForeignKey("accounts.account_id", ondelete="CASCADE"), nullable=True, index=True),
    Column("name", String(80), nullable=False),
    Column("roles", String(120), nullable=False),
    Column("language", String(8), nullable=False),
    Column("device", String(16), nullable=False),  # browser, headset
    Column("is_shared", Boolean, nullable=False),
    Column("family", String(32), nullable=False, index=True),  # a guest's browser and headset are one person
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)

grants: Final = Table(  # one-time rights: the staff link and the headsets' codes
    "grants",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("session_id", String(32), ForeignKey("sessions.session_id", ondelete="CASCADE"), nullable=True),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger, nullable=True),
)

acts: Final = Table(
    "acts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("room", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("actor_name", String(80), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("subject_name", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("until_ms", BigInteger, nullable=True),
)

bans: Final = Table(
    "bans",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("act_number", Integer, ForeignKey("acts.number"), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("room", String(64), nullable=False),  # empty: everywhere
    Column("reason", Text, nullable=False),
    Column("until_ms", BigInteger, nullable=True),
    Column("lifted_ms", BigInteger, nullable=True),
)
Index("ix_bans_subject", bans.c.subject)

reports: Final = Table(
    "reports",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("room", String(64), nullable=False),
    Column("reporter", String(64), nullable=False),
    Column("reporter_name", String(80), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("subject_name", String(80), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("lines", Text, nullable=False),  # JSON: [[Unix ms, scope, text], …]
    Column("at_ms", BigInteger, nullable=False, index=True),
    Column("closed_ms", BigInteger, nullable=True),
)

blocks: Final = Table(
    "blocks",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("other", String(64), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)
