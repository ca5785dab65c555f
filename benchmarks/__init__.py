"""Repeatable measurements of Carrel beside its peers: `python -m benchmarks`."""
