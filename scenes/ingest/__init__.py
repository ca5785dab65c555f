"""From a creator's file to a shelf: what may come in, and how a file is changed without losing what we do not understand."""
