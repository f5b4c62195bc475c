"""Orders to teams, applications to reviewers, needs to offers: exact assignment."""
