"""What can be wrong with a file.

DraftError      a file is not JSON or YAML that can be read, or not what it begins to be; the message has the line
"""


class DraftError(Exception):
    """A file cannot be read; it says on which line, and why."""

    def __init__(self, line: int, problem: str) -> None:
        """Keep the line, from 1, or 0 where none is known."""
        self.line = line
        self.problem = problem
        super().__init__(f"line {line}: {problem}" if line else problem)
