"""People: guests, accounts, sessions, roles."""

from carrel.server.accounts.routes import routes
from carrel.server.accounts.service import Accounts, Opened, Pairing, SessionRow

__all__ = ["Accounts", "Opened", "Pairing", "SessionRow", "routes"]
