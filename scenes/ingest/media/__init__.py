"""Media that creators bring: pictures, panoramas, documents, books, sound. Each has one gate."""
