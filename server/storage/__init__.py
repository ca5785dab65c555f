"""What is kept: one database by SQLAlchemy, brought up to date by the migrations at start."""

from carrel.server.storage.database import Database, database_url, open_database

__all__ = ["Database", "database_url", "open_database"]
