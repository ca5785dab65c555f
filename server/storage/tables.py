"""The tables as they are now; the migrations say how they came to be. Times are Unix milliseconds."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

metadata: Final = sa.MetaData()

accounts: Final = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.String(32), nullable=False),
    sa.Column("sign_in_name", sa.String(64), nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("roles", sa.String(255), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    sa.UniqueConstraint("sign_in_name", name="uq_accounts_sign_in_name"),
)

sessions: Final = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(32), nullable=False),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("account_id", sa.String(32), nullable=True),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("roles", sa.String(255), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("shared_computer", sa.Boolean, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.Column("first_session_id", sa.String(32), nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_sessions_account_id", ondelete="CASCADE"),
    sa.Index("ix_sessions_account_id", "account_id"),
    sa.Index("ix_sessions_expires_ms", "expires_ms"),
    sa.Index("ix_sessions_first_session_id", "first_session_id"),
)

codes: Final = sa.Table(
    "codes",
    metadata,
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("session_id", sa.String(32), nullable=True),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("hash", name="pk_codes"),
    sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_codes_session_id", ondelete="CASCADE"),
    sa.Index("ix_codes_expires_ms", "expires_ms"),
)

bans: Final = sa.Table(
    "bans",
    metadata,
    sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("subject_name", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=True),
    sa.Column("lifted_ms", sa.BigInteger, nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_bans"),
    sa.Index("ix_bans_subject", "subject"),
)

acts: Final = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("act", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("actor_name", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("subject_name", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_acts"),
    sa.Index("ix_acts_subject", "subject"),
    sa.Index("ix_acts_at_ms", "at_ms"),
)

reports: Final = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("reporter", sa.String(80), nullable=False),
    sa.Column("reporter_name", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("subject_name", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("note", sa.String(500), nullable=False),
    sa.Column("lines", sa.Text, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("closed_ms", sa.BigInteger, nullable=True),
    sa.PrimaryKeyConstraint("id", name="pk_reports"),
    sa.Index("ix_reports_at_ms", "at_ms"),
)

blocks: Final = sa.Table(
    "blocks",
    metadata,
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("other", sa.String(80), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("subject", "other", name="pk_blocks"),
    sa.Index("ix_blocks_other", "other"),
)

scene_rooms: Final = sa.Table(
    "scene_rooms",
    metadata,
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("policy", sa.String(16), nullable=True),
    sa.Column("owner", sa.String(80), nullable=True),
    sa.Column("secret", sa.LargeBinary(32), nullable=False),
    sa.PrimaryKeyConstraint("room", name="pk_scene_rooms"),
)

scene_invited: Final = sa.Table(
    "scene_invited",
    metadata,
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.PrimaryKeyConstraint("room", "subject", name="pk_scene_invited"),
)

scene_operations: Final = sa.Table(
    "scene_operations",
    metadata,
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("op_sequence", sa.BigInteger, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("owner", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("entity", sa.String(14), nullable=True),
    sa.Column("change", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("room", "op_sequence", name="pk_scene_operations"),
)

scene_snapshots: Final = sa.Table(
    "scene_snapshots",
    metadata,
    sa.Column("room", sa.String(64), nullable=False),
    sa.Column("op_sequence", sa.BigInteger, nullable=False),
    sa.Column("placed", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("room", "op_sequence", name="pk_scene_snapshots"),
)

works: Final = sa.Table(
    "works",
    metadata,
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("sentence", sa.String(1000), nullable=False),
    sa.Column("place", sa.String(1000), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_works"),
    sa.Index("ix_works_state_created_ms", "state", "created_ms"),
)

work_owners: Final = sa.Table(
    "work_owners",
    metadata,
    sa.Column("work", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("licence", sa.String(80), nullable=False),
    sa.Column("key", sa.String(128), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("work", "subject", name="pk_work_owners"),
    sa.ForeignKeyConstraint(["work"], ["works.id"], name="fk_work_owners_work", ondelete="CASCADE"),
    sa.Index("ix_work_owners_subject", "subject"),
)

work_files: Final = sa.Table(
    "work_files",
    metadata,
    sa.Column("work", sa.String(64), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content_type", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("work", "role", name="pk_work_files"),
    sa.ForeignKeyConstraint(["work"], ["works.id"], name="fk_work_files_work", ondelete="CASCADE"),
    sa.Index("ix_work_files_sha256", "sha256"),
)

uploads: Final = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("licence", sa.String(80), nullable=False),
    sa.Column("key", sa.String(128), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("work", sa.String(64), nullable=True),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    sa.Index("ix_uploads_subject", "subject"),
    sa.Index("ix_uploads_expires_ms", "expires_ms"),
)

catalogue_records: Final = sa.Table(
    "catalogue_records",
    metadata,
    sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
    sa.Column("id", sa.String(16), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("title_keys", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("number", name="pk_catalogue_records"),
    sa.UniqueConstraint("id", name="uq_catalogue_records_id"),
)

catalogue_facets: Final = sa.Table(
    "catalogue_facets",
    metadata,
    sa.Column("record", sa.Integer, nullable=False),
    sa.Column("facet", sa.String(16), nullable=False),
    sa.Column("value", sa.String(200), nullable=False),
    sa.PrimaryKeyConstraint("record", "facet", "value", name="pk_catalogue_facets"),
    sa.ForeignKeyConstraint(
        ["record"], ["catalogue_records.number"], name="fk_catalogue_facets_record", ondelete="CASCADE"
    ),
    sa.Index("ix_catalogue_facets_facet_value", "facet", "value"),
)
