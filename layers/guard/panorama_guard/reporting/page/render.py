"""Renders the posture page. Jinja2 comes with the extra `report`; the functions never load this module.

Every text that an attacker may have chosen is made plain before, and escaped here by the template's own escaping. The
page loads nothing and runs nothing, and says so to the browser; it is ASCII, so that no reader can take it for another
encoding.
"""

import base64
import hashlib
import re
from importlib import resources

from panorama_guard.reporting.page import graph, picture
from panorama_guard.reporting.page.errors import PageError
from panorama_guard.reporting.page.records import PosturePage
from panorama_guard.reporting.page.view import view_of

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[_-])(?=\w)", re.ASCII)
_FOLDER = resources.files("panorama_guard.reporting.page") / "data"


def can_render() -> None:
    """Raise PageError with what to do where the page cannot be rendered."""
    try:
        import jinja2  # noqa: F401, PLC0415 - an extra of the package
    except ImportError:
        message = "the HTML page needs Jinja2: pip install 'panorama-guard[report]'"
        raise PageError(message) from None


def render(page: PosturePage) -> str:
    """Return the page as one HTML file, in ASCII."""
    can_render()
    import jinja2  # noqa: PLC0415 - an extra of the package

    style = (_FOLDER / "posture.css").read_text(encoding="ascii")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["words"] = words_of
    template = environment.from_string((_FOLDER / "posture.html.j2").read_text(encoding="utf-8"))
    html = template.render(
        view=view_of(page),
        style=style,
        policy=content_policy(style),
        picture=picture,
        graph=graph,
    )
    return html.encode("ascii", "xmlcharrefreplace").decode()


def words_of(name: str) -> list[str]:
    """Return the words that a name is made of, between which a line may be broken: `AWS`, `Panorama`, `Service`."""
    return _WORDS.split(name)


def content_policy(style: str) -> str:
    """Return the policy that lets the browser use this one style sheet and load, run and send nothing."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
