"""Survey statistics of science literacy, from scores to indices of districts."""
