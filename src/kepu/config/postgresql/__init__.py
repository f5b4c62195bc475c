"""PostgreSQL as Django knows it, but for how a connection that was left idle is tried."""
