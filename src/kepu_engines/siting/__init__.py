"""Where facilities lie against where people live: who is near one, and where one more reaches most."""
