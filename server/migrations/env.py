"""Alembic's environment: the connection is handed over by `storage.database.migrate`."""

from __future__ import annotations

from alembic import context

from carrel.server.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
