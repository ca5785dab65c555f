"""A room's arrangement: what people have placed on top of the base document, and the operations that change it. Values in, values out."""
