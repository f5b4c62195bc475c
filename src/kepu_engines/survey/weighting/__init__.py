"""From the people who were drawn to the people they stand for: weights and what corrects them."""
