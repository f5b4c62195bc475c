"""How people judge: severity and agreement of reviewers, and what decisions hang on."""
