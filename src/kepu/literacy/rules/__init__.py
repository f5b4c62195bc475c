"""Why not? By noun: items, reviews, booklets, self-tests."""
