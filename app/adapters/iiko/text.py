"""Text of the neutral order: an empty or blank one says nothing."""


def said(text: str | None) -> str | None:
    """The text, or None where it is blank."""
    return text if text and text.strip() else None
