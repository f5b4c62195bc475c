"""What this room tells people, one file for each topic."""
