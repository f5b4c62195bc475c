"""PostgreSQL as Django knows it, with fewer round trips and fewer plans made anew."""
