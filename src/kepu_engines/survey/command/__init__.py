"""The commands `kepu survey ...`: files in, figures out; they alone touch files."""
