"""Why not? One file for each topic."""
