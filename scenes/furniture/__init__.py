"""Furniture that people place: each piece one plain GLB with its own small materials, a thumbnail, and a row of the library."""
