"""People: guests, accounts, sessions, roles."""
