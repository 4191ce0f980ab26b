"""`panorama-guard profile check`: says whether files are profiles, and of one that is not what to mend, in one line."""

from pathlib import Path

from panorama_guard.cli.output import ANSWERED, FAILED, complain, tell, tell_line
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.profile import Profile, ProfileError, parse_profile
from panorama_guard.profile.loader import join_profiles


def check_profiles(files: tuple[str, ...], *, as_json: bool) -> int:
    """Tell of each file what it guards, or what is wrong with it."""
    read = [(file, _read(file)) for file in files]
    for file, found in read:
        _tell(file, found, as_json=as_json)
    profiles = [found for _, found in read if isinstance(found, Profile)]
    if len(profiles) < len(files):
        return FAILED
    try:
        join_profiles(tuple(profiles))
    except ProfileError as error:
        complain(f"together: {error}")
        return FAILED
    return ANSWERED


def _read(file: str) -> Profile | str:
    try:
        profile = parse_profile(Path(file).read_text(encoding="utf-8"))
    except ProfileError as error:
        return str(error)
    except UnicodeDecodeError as error:
        return f"cannot be read: not UTF-8 text, byte {error.start + 1} is `{error.object[error.start]:#x}`"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    strange = [(at, one.type) for at, one in enumerate(profile.resources) if one.type not in RULES]
    if strange:
        at, kind = strange[0]
        return f"resources[{at}].type is not one of {', '.join(RULES)}: `{kind}`"
    return profile


def _tell(file: str, found: Profile | str, *, as_json: bool) -> None:
    if isinstance(found, str):
        complain(f"{file}: {found}")
    elif as_json:
        tell({"file": file, **_body(found)})
    else:
        tell_line(ascii(f"{file}: profile {found.name}: {_words(found)}")[1:-1])


def _body(profile: Profile) -> dict[str, object]:
    return {
        "profile": profile.name,
        "roles": [role.name for role in profile.roles],
        "watched": [role.name for role in profile.watched],
        "families": [family.name for family in profile.families],
        "resources": {one.type: [str(name) for name in one.names] for one in profile.resources},
        "ended": profile.ended,
    }


def _words(profile: Profile) -> str:
    parts = (
        ("roles", [role.name for role in profile.roles]),
        ("watched", [role.name for role in profile.watched]),
        ("families", [family.name for family in profile.families]),
        ("resources", [f"{one.type} {' '.join(map(str, one.names))}" for one in profile.resources]),
    )
    listed = [f"{title} {', '.join(names)}" for title, names in parts if names]
    return "; ".join([*listed, f"ended {profile.ended}" if profile.ended else "runs"])
