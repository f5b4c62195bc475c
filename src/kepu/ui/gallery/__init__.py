"""Samples for /ui/: every component with its states. People and places are plainly made up."""
