"""How the stack on this machine is asked to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / ".local"
RUNTIME: Final = FOLDER / "runtime"  # every stack's, wherever its own folder is
TEMPLATE: Final = ROOT / ".aws-sam" / "build" / "template.yaml"
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
# Requests for a sweep gather for a minute in AWS, and alerts beyond some; nobody wants to wait for that at a desk.
DEFAULTS: Final[Mapping[str, str]] = {"SweepWindowSeconds": "5", "AlertsPerMinute": "9999"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What `make up` was told; `retry_seconds` None keeps the template's visibility timeouts."""

    port: int
    parameters: Mapping[str, str]
    retry_seconds: float | None = 1.0
    propagation_seconds: float = 0.0
    folder: Path = FOLDER
    template: Path = TEMPLATE
    is_warmed: bool = True

    @property
    def stack_file(self) -> Path:
        """Return the file that says where everything is."""
        return self.folder / "stack.json"
