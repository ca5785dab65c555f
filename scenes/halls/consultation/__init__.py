"""The Consultation Room: 6.8 x 6.2 m, panelled walnut and green walls, armchairs at a round table, a shared board."""
