"""Our few scripts, looked at by Biome."""
