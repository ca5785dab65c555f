"""The Exhibition Room: 13.6 x 20 m, white walls under three rooflights, an oak floor, places for people's own works."""
