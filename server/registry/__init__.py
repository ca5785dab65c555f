"""The ledger's service: one open log, its HTTP face, its commands."""
