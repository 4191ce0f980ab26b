"""What can go wrong with a page.

PageError   it cannot be rendered here; its words are what to do
"""


class PageError(Exception):
    """The page cannot be rendered; the message is one line for whoever asked."""
