"""A city at work for measuring: people, teams and orders in numbers no demo has. Never real people."""
