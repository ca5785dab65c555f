"""Measuring a room as people would feel it: a crowd in C, a real server process, and figures computed from where everybody truly stood."""
