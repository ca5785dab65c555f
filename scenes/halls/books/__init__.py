"""Books as data: spine designs with real titles, two small meshes, shelving, and tables of what stands on the shelves of a hall."""
