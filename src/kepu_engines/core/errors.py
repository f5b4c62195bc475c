"""The one exception an engine raises on purpose."""


class EngineError(ValueError):
    """An input an engine refuses; the message is a sentence for the person who sent it."""
