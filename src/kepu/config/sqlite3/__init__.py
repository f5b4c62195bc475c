"""SQLite for several writers: Django's own backend, with a queue before the one write lock."""
