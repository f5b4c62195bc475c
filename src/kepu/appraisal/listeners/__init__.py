"""What this room hears, and what it does by the clock; one file for each topic."""
