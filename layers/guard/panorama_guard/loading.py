"""While a function is loaded nobody looks for garbage: a handler imports this first, and says when it is `loaded`.

What is loaded stays for the life of the execution environment. To look through it for garbage, again and again while it
grows, took a third of the time of our part of a cold start.
"""

import gc

SELDOM = 50_000  # objects, some ten megabytes, that come before it is looked for: Python's own is 700, or 2,000

gc.disable()


def loaded() -> None:
    """Look for garbage from now on, seldom, and only among what comes from now on."""
    gc.freeze()
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
    gc.enable()
