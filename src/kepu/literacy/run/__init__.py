"""From raw answers to published tables: a plan and files in, a folder of results out; Django sleeps."""
