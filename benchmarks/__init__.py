"""The benchmarks behind `make bench`: each case prints one JSON line, with the bar it is held to."""
