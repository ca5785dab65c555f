"""The collection's records, what they are sorted out by, and the words they are found by: an index of each database's own kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = ("title", "creator", "subject", "other", "pinyin", "number")


def upgrade() -> None:
    op.create_table(
        "catalogue_records",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("title_keys", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_catalogue_records"),
        sa.UniqueConstraint("id", name="uq_catalogue_records_id"),
    )
    op.create_table(
        "catalogue_facets",
        sa.Column("record", sa.Integer, nullable=False),
        sa.Column("facet", sa.String(16), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("record", "facet", "value", name="pk_catalogue_facets"),
        sa.ForeignKeyConstraint(
            ["record"], ["catalogue_records.number"], name="fk_catalogue_facets_record", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_catalogue_facets_facet_value", "catalogue_facets", ["facet", "value"])
    if op.get_bind().dialect.name == "sqlite":
        words = ", ".join(COLUMNS)
        op.execute(
            f"CREATE VIRTUAL TABLE catalogue_index USING fts5({words}, tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')"
        )
        return
    words = ", ".join(f"{name} TSVECTOR NOT NULL" for name in COLUMNS)
    op.execute(f"CREATE TABLE catalogue_index (rowid INTEGER PRIMARY KEY, {words})")
    for name in COLUMNS:
        op.execute(f"CREATE INDEX ix_catalogue_index_{name} ON catalogue_index USING GIN ({name})")
