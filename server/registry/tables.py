"""The ledger's tables, on SQLite and PostgreSQL alike. Entries are the log; everything else can be made again from them.

They stand apart from the library's other tables: another file, another rhythm of writing, no migrations. When what a row holds changes, `FORMAT` counts
up and the rows are rebuilt from the entries.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

FORMAT: Final = 3
SUBJECT_BYTES: Final = 16
metadata: Final = sa.MetaData()

head: Final = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("clock_ms", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), nullable=False),
    sa.Column("seal", sa.LargeBinary(32), nullable=False),
)

entries: Final = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("index", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("logged_ms", sa.BigInteger, nullable=False),
    sa.Column("id", sa.LargeBinary(16), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("id", name="uq_ledger_entries_id"),
    sa.Index("ix_ledger_entries_kind", "kind", "index"),
)

# Entries by whom or what they are about, themselves too: half of a hash or key says which, and twice as many fit on a page. Most of the time of a commit goes
# into pages that random keys like these make dirty.
subjects: Final = sa.Table(
    "ledger_subjects",
    metadata,
    sa.Column("subject", sa.LargeBinary(SUBJECT_BYTES), nullable=False),
    sa.Column("index", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("subject", "index", name="pk_ledger_subjects"),
    sqlite_with_rowid=False,
)

rows: Final = sa.Table(
    "ledger_rows",
    metadata,
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("id", sa.String(160), nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("kind", "id", name="pk_ledger_rows"),
)
