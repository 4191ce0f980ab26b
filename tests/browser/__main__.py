"""`make report-check`: looks at the posture page in a browser, with axe-core, and leaves screenshots.

It needs Chromium, Node.js and npm, which nothing else here needs; so it is no part of `make test`.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from panorama_guard.reporting.page.render import render
from tests.unit.reporting.pages import (
    SCRIPTS,
    attacked_page,
    check_page,
    crowded_page,
    empty_page,
    full_page,
    guarded_page,
)

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".local" / "report"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ROLES = 200
SECONDS = 1.0  # in which a page of so many roles is to be rendered
BYTES = 1_500_000


def main() -> int:
    """Render the pages, measure the largest, open all in the browser; return 0 only if everything holds."""
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    missing = [name for name, found in (("chromium", chromium), ("npm", shutil.which("npm"))) if not found]
    if missing or chromium is None:
        return _stop(f"{' and '.join(missing)} is needed (Debian: apt-get install chromium npm; or CHROMIUM=PATH)")
    _write_pages()
    seconds, size = _measure()
    print(f"{ROLES} roles: {size} bytes, rendered in {seconds:.2f} s")  # noqa: T201 - for a person
    packages = FOLDER / "npm"
    packages.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, packages / name)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=packages, check=True)
    holds = _look(FOLDER, chromium) and not _look(_planted(packages), chromium, stdout=subprocess.DEVNULL)
    print(f"screenshots: {FOLDER}" if holds else "FAILED: a page does not hold, or a planted defect was not seen")  # noqa: T201
    return int(not holds or seconds > SECONDS or size > BYTES)


def _look(folder: Path, chromium: str, stdout: int | None = None) -> bool:
    """Open the pages of a folder, and return whether all of them hold."""
    command = ["node", str(HERE / "check.mjs"), str(folder), chromium]
    return not subprocess.run(command, check=False, stdout=stdout).returncode


def _planted(packages: Path) -> Path:
    """Return a folder with a page that loads a picture: who looks has to see it."""
    folder = FOLDER / "planted"
    folder.mkdir()
    (folder / "npm").symlink_to(packages)
    page = render(empty_page()).replace("</main>", '<img alt="" src="https://example.invalid/x.png"></main>')
    (folder / "planted.html").write_text(page, encoding="ascii")
    return folder


def _write_pages() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    pages = {"full": guarded_page(), "audit": full_page(), "check": check_page(), "empty": empty_page()}
    pages["many"] = crowded_page(ROLES)
    pages |= {f"hostile-{number}": attacked_page(text) for number, text in enumerate(SCRIPTS)}
    for name, page in pages.items():
        (FOLDER / f"{name}.html").write_text(render(page), encoding="ascii")


def _measure() -> tuple[float, int]:
    """Return in how many seconds the largest page is rendered, the best of three, and how many bytes it has."""
    page, times, html = crowded_page(ROLES), [], ""
    for _ in range(3):
        start = time.perf_counter()
        html = render(page)
        times.append(time.perf_counter() - start)
    return min(times), len(html)


def _stop(why: str) -> int:
    print(why, file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main())
