"""The kit of parts: surfaces, mouldings, cases, windows, vaults and furniture, placed into a Model in metres."""
