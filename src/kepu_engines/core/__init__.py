"""What every engine shares: refusals in words, array checks and the progress protocol."""
