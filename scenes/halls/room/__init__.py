"""A room: what every hall smaller than the Great Hall shares. One zone, two levels of detail, entities, collider, plan."""
