"""How the functions are set: the one record of their environment."""

from panorama_guard.settings.environment import SettingError
from panorama_guard.settings.functions import LONGEST_DELAY, Settings

__all__ = ["LONGEST_DELAY", "SettingError", "Settings"]
