"""The shape of what people type in this room, one file for each topic."""
