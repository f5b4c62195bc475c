"""A programme as data: who may apply, what is asked, how it is judged, decided and kept."""
