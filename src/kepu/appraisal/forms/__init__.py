"""The shape of what people type; whether it may be done is asked of rules."""
