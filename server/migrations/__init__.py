"""Alembic's scripts; run at start by `carrel.server.storage`."""
