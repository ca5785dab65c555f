"""Spaces: scene documents, building halls, the manifest of shipped files. Values in, values out: no I/O, no clock."""
