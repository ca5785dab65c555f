"""A guest's headset is the same person as the guest: sessions remember the first of their person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("first_session_id", sa.String(32), nullable=True))
    op.create_index("ix_sessions_first_session_id", "sessions", ["first_session_id"])
