"""Small areas: figures of districts on few respondents, strengthened by what is known of them all."""
