"""Halls are built, not drawn: a kit of parts, a light baker and recipes, all of them values in and bytes out."""
