"""Reads how long something lasts: 45s, 30m, 12h, 7d."""

import argparse
import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Lasting(int):
    """Seconds, and how somebody wrote them."""

    typed: str = ""


def parse_lasting(text: str) -> Lasting:
    """Return the seconds that a text says, or raise argparse's error for it."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if found is None:
        message = f"not a time as 45s, 30m, 12h or 7d: `{text}`"
        raise argparse.ArgumentTypeError(message)
    lasting = Lasting(int(found[1]) * _SECONDS[found[2]])
    lasting.typed = text
    return lasting
