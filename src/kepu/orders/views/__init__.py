"""Pages of the order loop, one module for each kind of person."""
