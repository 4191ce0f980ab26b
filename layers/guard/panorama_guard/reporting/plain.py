"""Makes text that an attacker may have chosen safe for a plain-text message.

Nothing in it can start a new line, hide what stands before it, look like the next field, or act on a terminal.
"""

import re

# Printable by Python's word for it, and drawn as nothing: Braille blank, Hangul fillers, the grapheme joiner, Khmer
# inherent vowels, a null note head, the object replacement, Mongolian and other variation selectors.
BLANK = frozenset("\u2800\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\U0001d159\ufffc\u180b\u180c\u180d\u180f") | {
    chr(point) for start, end in ((0xFE00, 0xFE10), (0xE0100, 0xE01F0)) for point in range(start, end)
}
LONGEST = 600  # characters of one value; the whole stands in the ledger
SUBJECT_LENGTH = 99  # SNS takes fewer than 100 characters, and ASCII is what every subscriber can show
_GAP = "..."


def plain(text: str) -> str:
    """Return the text on one line, what cannot be seen shown as its escape, spaces single, and shortened."""
    shown = "".join(char if is_seen(char) else char.encode("unicode_escape").decode() for char in text)
    shown = re.sub(" {2,}", " ", shown)  # a row of them would put a value where the next field stands
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}... ({len(shown)} characters)"


def field_line(name: str, value: str) -> list[str]:
    """Return the line of a named value, or none where there is no value."""
    return [f"{name + ':':<12} {plain(value.strip())}"] if value.strip() else []


def is_seen(char: str) -> bool:
    """Say whether a character is drawn, as what it is."""
    return char.isprintable() and char not in BLANK


def subject_line(before: str, name: str, after: str) -> str:
    """Return a subject of printable ASCII; what there is no room for is left out of the middle of the name.

    How it stands, what it is and until when are never cut, and of an ARN or a key both ends stay.
    """
    room = SUBJECT_LENGTH - len(before) - len(after)
    if len(name) > room:
        kept = max(room - len(_GAP), 2)
        name = f"{name[: kept // 2]}{_GAP}{name[-(kept - kept // 2) :]}"
    return ascii_line(f"{before}{name}{after}")[:SUBJECT_LENGTH].rstrip()


def ascii_line(text: str) -> str:
    """Return the text as one line of printable ASCII."""
    return "".join(char if " " <= char <= "~" else "?" for char in text)
