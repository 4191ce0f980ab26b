"""panorama_guard/loading.py: what every handler imports first."""

import subprocess
import sys

SAID = """
import gc
from panorama_guard.loading import loaded

print(gc.isenabled())
loaded()
print(gc.isenabled(), gc.get_freeze_count() > 0)
"""


def test_garbage_is_looked_for_once_all_is_loaded_and_not_before() -> None:
    """Not among what was loaded."""
    run = subprocess.run([sys.executable, "-c", SAID], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "True", "True"]
