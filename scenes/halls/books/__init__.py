"""Books as data: spine designs with real titles, two small meshes, shelving, and a far picture of each case."""
