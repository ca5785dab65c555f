"""The Data Sea: a round dark hall in which a library's own numbers are the sculpture, and plaques say which."""
