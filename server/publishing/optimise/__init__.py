"""From a checked GLB to what a hall shows: compressed geometry, levels of detail, smaller textures. Runs in the sandbox."""
