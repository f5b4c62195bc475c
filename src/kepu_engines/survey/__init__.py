"""Survey statistics: samples, weights, estimates, item response, small areas."""
