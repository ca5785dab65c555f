"""Bans, acts, reports and blocks: what moderators do, and what is kept of it."""

from carrel.server.moderation.service import ActRow, BanRow, Moderation, ReportRow

__all__ = ["ActRow", "BanRow", "Moderation", "ReportRow"]
