"""Readers' Rooms: a person's own space in three looks. Each look is data; one builder makes them all."""
