"""While a function is loaded nobody looks for garbage: a handler imports this first, and says when it is `loaded`.

What is loaded stays for the life of the execution environment. To look through it for garbage, again and again while it
grows, took a third of the time of our part of a cold start.
"""

import gc

gc.disable()


def loaded() -> None:
    """Look for garbage from now on, among what comes from now on."""
    gc.freeze()
    gc.enable()
