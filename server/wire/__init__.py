"""The one schema of every message: structs, codecs, and what is generated from them."""
