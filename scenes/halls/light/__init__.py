"""Baked light: sun and sky through windows, lamps, two bounces; into vertex colours, one lightmap, books and probes."""
