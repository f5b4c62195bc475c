"""Pages of this room, one file for each topic."""
