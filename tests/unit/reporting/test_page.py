"""reporting/page: one HTML file that says what a review found, loads nothing, runs nothing and escapes everything."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import FrameType

import pytest
from jinja2 import Template

from panorama_guard.case.portrait import Presence, ServiceReach, Share
from panorama_guard.reporting.page.marks import service_mark
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.page.render import content_policy, render
from panorama_guard.reporting.page.standing import MOST_ROWS
from tests.unit.reporting.pages import (
    HARMLESS,
    SCRIPTS,
    attacked_page,
    check_page,
    clean,
    crowded_page,
    empty_page,
    full_page,
    guarded_page,
    many_page,
    members_page,
    page_of,
    resources,
)

GOLDEN = Path(__file__).parent / "golden"
DATA = Path(__file__).resolve().parents[3] / "layers/guard/panorama_guard/reporting/page/data"
PAGES: dict[str, Callable[[], PosturePage]] = {
    "full": full_page,
    "guarded": guarded_page,
    "members": members_page,
    "check": check_page,
    "empty": empty_page,
    "attacked": lambda: attacked_page(SCRIPTS[0]),
}
# What a page may hold: nothing that loads, runs, is sent or is framed.
DRAWING = {"svg", "defs", "pattern", "rect", "path", "symbol", "circle", "g", "use", "text"}
FRAME = {"html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article", "footer"}
TEXT = {"a", "p", "h1", "h2", "h3", "h4", "span", "strong", "pre", "ul", "ol", "li", "dl", "div", "dt", "dd"}
REST = {"table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary"}
THERE = (members_page().record or OnRecord()).open_there
SOME, NONE, UNKNOWN = (Share(one) for one in (Presence.SOME, Presence.NONE, Presence.UNKNOWN))


class Outline(HTMLParser):
    """The elements of a page with the names of their attributes, its ids, its links and its text."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.shape: list[tuple[str, ...]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.policies: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element; where a line may be broken inside a name is a matter of its text."""
        if (tag, attrs) == ("wbr", []):
            return
        self.shape.append((tag, *(name for name, _ in attrs)))
        for name, value in attrs:
            {"id": self.ids, "href": self.links, "aria-labelledby": self.labels}.get(name, []).append(value or "")
        if ("http-equiv", "Content-Security-Policy") in attrs:
            self.policies.append(dict(attrs)["content"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        self.shape.append((f"/{tag}",))


@pytest.mark.parametrize(
    ("name", "make"), [("posture", full_page), ("report", guarded_page), ("members", members_page)]
)
def test_a_page_is_as_the_golden_file_says(name: str, make: Callable[[], PosturePage]) -> None:
    """Every word of it was looked at."""
    assert render(make()) == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_an_attacker_chose_changes_nothing_but_text(text: str) -> None:
    """In every field: the elements and attributes of the page are those that a harmless text gives it."""
    assert Outline(render(attacked_page(text))).shape == Outline(render(attacked_page(HARMLESS))).shape


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_text_of_an_attackers_acts_on_the_page(text: str) -> None:
    """No markup, no character that turns the reading round or cannot be seen, no template."""
    html = render(attacked_page(text))
    assert html.isascii()
    assert not set("\x00\x1b\u202e") & set(html)
    assert not re.search(r"&#(0|27|8238|56448);", html)
    for markup in ("<script", "<img", "onload=alert(1)>", "</title></style>", "<!--", "]]><x>", "<b>"):
        assert markup not in html
    assert text not in html or not set("<>\"'&") & set(text)


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_a_page_loads_nothing_and_runs_nothing(make: Callable[[], PosturePage]) -> None:
    """Its elements are known, its links stay inside, and its policy lets one style sheet in, by its hash."""
    html = render(make())
    outline = Outline(html)
    assert {tag[0].removeprefix("/") for tag in outline.shape} <= DRAWING | FRAME | TEXT | REST
    assert not [
        name for _, *names in outline.shape for name in names if name.startswith("on") or name in ("style", "src")
    ]
    assert all(link.startswith("#") for link in outline.links)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert outline.policies == [content_policy(style)]
    assert outline.policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"url\(|@import|@font-face", style)


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_every_link_and_label_leads_somewhere(make: Callable[[], PosturePage]) -> None:
    """And no two elements have one id."""
    outline = Outline(render(make()))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links} | set(outline.labels) <= set(outline.ids)


def test_every_drawing_is_said_in_words_too() -> None:
    """Each drawing that is an image has a name; each of the others is hidden from a screen reader."""
    html = render(full_page())
    drawings = re.findall(r"<svg[^>]*>", html)
    assert all('role="img" aria-labelledby' in one or 'aria-hidden="true"' in one for one in drawings)
    assert "s3: baseline, beyond, outside; " in html
    assert "1 outside the profile, 1 inside the profile" in html


def test_a_name_in_a_table_may_be_broken_between_its_words() -> None:
    """On a narrow screen; what looks like an element in a name stays text."""
    names = {
        "AWSPanoramaServiceRole": "AWS<wbr>Panorama<wbr>Service<wbr>Role",
        "x-<b>Y": "x-&lt;b&gt;Y",
        "role": "role",
    }
    for name, shown in names.items():
        role, portrait = full_page().review.roles[0], full_page().portraits[0]
        assert f">{shown}</a></th>" in render(page_of((replace(role, name=name), portrait)))


def test_the_worst_role_comes_first() -> None:
    """Whatever its name: critical, high, escaped or in doubt, then what is contained."""
    names = re.findall(r'<h3 id="r\d+h">AWSPanorama(\w+)Role</h3>', render(full_page()).replace("<wbr>", ""))
    assert names == ["Service", "GreengrassGroup", "SageMaker", "Appliance", "Greengrass"]


def test_an_account_without_the_roles_is_not_told_to_be_contained() -> None:
    """Nothing was judged, and the page says so."""
    html = render(empty_page())
    assert "<strong>Nothing judged.</strong> None of the roles that are guarded" in html
    assert "0</strong> contained" in html


def test_the_page_of_two_hundred_roles_is_small() -> None:
    """Under a megabyte and a half, half of the roles with an escape, and as many resources and incidents."""
    assert len(render(crowded_page(200))) < 1_500_000


def test_resources_count_for_the_verdict_of_the_whole() -> None:
    """Roles that are contained are not the whole when a bucket is open."""
    page = page_of(clean())
    opened = replace(page, review=replace(page.review, resources=resources()))
    weak = replace(page, review=replace(page.review, resources=resources()[3:]))
    assert "<strong>Contained.</strong>" in render(page)
    assert "<strong>Escapes found.</strong>" in render(opened)
    assert "<strong>Contained.</strong>" in render(weak)
    assert "3 resources judged: 1 with a weak setting, 2 inside." in render(weak)


def test_what_is_found_on_a_resource_is_among_what_to_look_at_first() -> None:
    """With the role's, by severity, and doubts under what is undecided."""
    html = render(guarded_page())
    assert re.search(r'<a href="#s1f1">my-aws-panorama-models</a>: opened to somebody outside', html)
    assert re.search(r'id="undecided".*<a href="#s3f1">panorama-camera-7</a>', html, re.DOTALL)


def test_incidents_are_a_time_line_the_last_first() -> None:
    """Each with its state, what was done, and its id."""
    html = render(guarded_page())
    line = html[html.index('<ol class="line">') : html.index("</ol>", html.index('<ol class="line">'))]
    times = re.findall(r'<p class="when">(\d{4}-\d\d-\d\d)', line)
    assert times == sorted(times, reverse=True)
    assert len(times) == len(set(re.findall(r"inc-0{15}\d", line))) == 7


def test_a_look_without_a_guard_says_nothing_of_incidents() -> None:
    """Not that there are none."""
    assert 'id="incidents"' not in render(full_page())
    nothing = render(page_of(clean()).with_guard((), OnRecord(), Gauges()))
    assert "None on record." in nothing


def test_what_is_open_in_a_member_is_said_first_and_never_as_the_account_s_own() -> None:
    """All is well in the hub, whose role bears the same name: neither its row nor its time line says otherwise."""
    html = render(members_page())
    assert "<title>Open in member accounts: " in html
    assert "3 incidents are open in 2 member accounts." in html
    table = html[html.index('<h3 id="members">') : html.index("<h3>In this account</h3>")]
    rows = re.findall(r'<th scope="row">(\d{12})</th>.*?(inc-\w+)</td></tr>', table)
    assert rows == [(one.account, one.id) for one in THERE]
    line = html[html.index('<ol class="line">') : html.index("</ol>", html.index('<ol class="line">'))]
    assert not [one.id for one in THERE if one.id in line]
    assert "<td>none</td></tr>" in html[html.index('id="h-verdicts"') : html.index('id="incidents"')]


def test_an_escape_of_the_account_itself_is_said_before_what_is_open_elsewhere() -> None:
    """The word of the page is the worst of what was judged; the sentence has both."""
    page = guarded_page()
    assert page.record is not None
    html = render(replace(page, record=replace(page.record, open_there=THERE[:1])))
    assert "<title>Escapes found: " in html
    assert "1 incident is open in 1 member account." in html


def test_of_more_than_there_is_room_for_the_rest_is_counted() -> None:
    """And it is said what lists them."""
    page = members_page()
    assert page.record is not None
    html = render(replace(page, record=replace(page.record, open_there=THERE[:1] * (MOST_ROWS + 7))))
    assert 'And 7 more: <span class="code">panorama-guard incidents --account ACCOUNT</span>' in html


def test_a_weak_pattern_has_the_statement_that_would_close_it() -> None:
    """And what that would still let through."""
    html = render(guarded_page())
    part = html[html.index('id="weak"') : html.index('id="undecided"')]
    assert "my-aws-panorama-models/*" in part
    assert "It still lets through: s3:GetObject" in part


def test_whether_events_arrive_is_said_of_each_service_and_queue() -> None:
    """Silence is never the answer."""
    html = render(guarded_page())
    assert "in the hour from 2026-11-26 03:00 UTC" in html
    assert "none within 14 days" in html
    assert "2 not handled" in html


def test_of_files_nothing_is_drawn_that_they_do_not_say() -> None:
    """No matrix of services, no picture, no graph; the file and the line of each finding."""
    html = render(check_page())
    assert "infra/roles.yaml:12" in html
    assert not [name for name in ('id="services"', 'class="picture"', 'class="graph"', "Boundary") if name in html]
    assert "x.yaml: not YAML" in html


def test_the_template_is_rendered_once_however_many_roles_there_are() -> None:
    """What grows with the roles is the text, not the calls of the template engine."""
    assert [renderings(many_page(count)) for count in (1, 40)] == [1, 1]


def renderings(page: PosturePage) -> int:
    """Return how often a template is rendered for a page."""
    counted: list[str] = []

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is Template.render.__code__:
            counted.append(frame.f_code.co_name)

    sys.setprofile(count)
    try:
        render(page)
    finally:
        sys.setprofile(None)
    return len(counted)


def test_without_the_extra_it_says_what_to_install() -> None:
    """One line, code 2, and no account is read."""
    code = "import sys; sys.modules['jinja2'] = None\nfrom panorama_guard.cli import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, "audit", "--output", "html"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "panorama-guard: the HTML page needs Jinja2: pip install 'panorama-guard[report]'\n"


def test_the_style_sheet_is_ascii() -> None:
    """Its hash is over its characters, and the page is ASCII."""
    assert (DATA / "posture.css").read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize(
    ("shares", "word"),
    [
        ((SOME, SOME, SOME), "outside"),
        ((SOME, SOME, UNKNOWN), "unknown"),
        ((SOME, SOME, NONE), "beyond"),
        ((SOME, UNKNOWN, NONE), "unknown"),
        ((SOME, NONE, NONE), "inside"),
        ((NONE, NONE, NONE), "none"),
    ],
)
def test_a_service_is_marked_by_how_far_it_reaches(shares: tuple[Share, Share, Share], word: str) -> None:
    """What is not known is never told as inside."""
    assert service_mark(ServiceReach("s3", *shares, may=True)).word == word
