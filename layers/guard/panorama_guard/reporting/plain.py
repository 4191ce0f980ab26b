"""Makes text that an attacker may have chosen safe for a plain-text message.

Nothing in it can start a new line, hide what stands before it, or act on a terminal.
"""

LONGEST = 600  # characters of one value; the whole stands in the ledger


def plain(text: str) -> str:
    """Return the text on one line, with every character that is not printable shown as its escape, and shortened."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}... ({len(shown)} characters)"


def ascii_line(text: str) -> str:
    """Return the text as one line of printable ASCII."""
    return "".join(char if " " <= char <= "~" else "?" for char in text)
