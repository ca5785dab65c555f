"""What people place in a room: the operations in their order, snapshots to start from, and who may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scene_rooms",
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("policy", sa.String(16), nullable=True),
        sa.Column("owner", sa.String(80), nullable=True),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("room", name="pk_scene_rooms"),
    )
    op.create_table(
        "scene_invited",
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("room", "subject", name="pk_scene_invited"),
    )
    op.create_table(
        "scene_operations",
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
    op.create_table(
        "scene_snapshots",
        sa.Column("room", sa.String(64), nullable=False),
        sa.Column("op_sequence", sa.BigInteger, nullable=False),
        sa.Column("placed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("room", "op_sequence", name="pk_scene_snapshots"),
    )
