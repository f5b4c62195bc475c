"""The one exception an engine raises on purpose, and files that cannot be had, in words."""


class EngineError(ValueError):
    """An input an engine refuses; the message is a sentence for the person who sent it."""


def told(error: EngineError | OSError) -> str:
    """What stood in the way, as a sentence for who typed a command; of a file, which one.

    Parameters
    ----------
    error : EngineError or OSError

    Returns
    -------
    str
    """
    if isinstance(error, EngineError) or error.filename is None:
        return str(error)
    reasons = {
        FileNotFoundError: f"there is no file {error.filename}",
        IsADirectoryError: f"{error.filename} is a folder, not a file",
        NotADirectoryError: f"{error.filename} lies in no folder",
        PermissionError: f"{error.filename} may not be opened: ask its owner",
        FileExistsError: f"{error.filename} is there already",
    }
    return reasons.get(type(error), f"{error.filename}: {error.strerror}")
