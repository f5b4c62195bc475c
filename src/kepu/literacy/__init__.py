"""The measure of science literacy: items, samples, fieldwork, estimates, self-test."""
