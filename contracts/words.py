"""What somebody wrote, made fit to be kept: without what a database cannot store, or that nobody sees."""


def tidied(text: str, most: int | None = None) -> str:
    """The text without the null character and without space around it, at most so many characters of it."""
    return text.replace("\x00", "").strip()[:most]


def in_one_line(text: str, most: int | None = None) -> str:
    """The same in one line: what is space of any kind and length becomes one blank."""
    return " ".join(text.replace("\x00", "").split())[:most]
