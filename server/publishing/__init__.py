"""Readers' own works: brought as files, checked and made ready in the sandbox, kept by their hash, shown to whom they may be shown."""
