"""Pages of this room: what everybody sees, one's own, teams, and the officers' desk."""
