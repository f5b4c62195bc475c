"""Two ways of asking brought together: a sample of homes, and volunteers who answered online."""
