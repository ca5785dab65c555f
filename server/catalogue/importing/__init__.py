"""Readers of other systems' files, as streams: what is found is a record, or set aside with its place and the reason."""
