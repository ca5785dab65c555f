"""The collection: bibliographic records, brought in from other systems' files, found in any script, shown as pages."""
