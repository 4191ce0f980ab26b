"""`make release`: puts what `sam build` has built, the command line, a bill of materials and sums into build/."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from panorama_guard.reporting.review import VERSION
from release.archive import write_archive, write_sums
from release.contents import archived_code, check_version, with_archives

ROOT: Final = Path(__file__).resolve().parents[1]
BUILT: Final = ROOT / ".aws-sam" / "build"
LAYERS: Final = {"layers/guard": "GuardLayer", "layers/page": "PageLayer"}  # as `sam build` names their folders
LOCKS: Final = tuple(ROOT / folder / "requirements.lock" for folder in LAYERS)
PAPERS: Final = ("LICENSE", "README.md", "CHANGELOG.md", "samconfig.toml")
CYCLONEDX: Final = ROOT / ".venv" / "release" / "bin" / "cyclonedx-py"
BILL: Final = "sbom.cdx.json"
EARLIEST: Final = "315532800"  # 1980, as in the archives: when a wheel was built is no part of it


def make_release() -> Path:
    """Return the folder of a release that was made anew."""
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    check_version(VERSION, template, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    folder = ROOT / "build" / f"panorama-guard-{VERSION}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for each in archived_code(template):
        write_archive(_built(each.folder), folder / each.archive, keeps_bytecode=each.folder in LAYERS)
    (folder / "template.yaml").write_text(with_archives(template), encoding="utf-8")
    shutil.copy(ROOT / "templates" / "member.yaml", folder / "member.yaml")
    for name in PAPERS:
        shutil.copy(ROOT / name, folder / name)
    _write_wheel(folder)
    _write_bill(folder / BILL)
    write_sums(folder)
    return folder


def _built(code: str) -> Path:
    """Return where the code of a folder is once built: a function's is one file, which nothing is made of."""
    return BUILT / LAYERS[code] if code in LAYERS else ROOT / code


def _write_wheel(folder: Path) -> None:
    """Build the command line from what is installed, so that nothing is fetched."""
    _forget_builds()
    uv = Path(sys.executable).with_name("uv")
    flags = ("--wheel", "--offline", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    earliest = {**os.environ, "SOURCE_DATE_EPOCH": EARLIEST}
    subprocess.run([uv, "build", "--quiet", *flags, ROOT], env=earliest, check=True)
    _forget_builds()


def _forget_builds() -> None:
    """Delete what setuptools keeps of a build: a module that is gone would be in the next wheel."""
    for kept in (ROOT / "build" / "lib", *(ROOT / "build").glob("bdist.*")):
        shutil.rmtree(kept, ignore_errors=True)


def _write_bill(file: Path) -> None:
    """Write what the layers hold beside the guard's own code, from their locks; boto3 comes with the runtime."""
    locked = "".join(lock.read_text(encoding="utf-8") for lock in LOCKS)
    about = file.with_name("pyproject.toml")  # cyclonedx-py reads no version that is computed
    about.write_text(f'[project]\nname = "panorama-guard"\nversion = "{VERSION}"\nlicense = "Apache-2.0"\n')
    flags = ("--pyproject", about, "--output-reproducible", "--sv", "1.6", "-o", file, "-")
    subprocess.run([CYCLONEDX, "requirements", *flags], input=locked, text=True, check=True)
    about.unlink()


def has_bytecode(archive: Path) -> bool:
    """Say whether an archive holds compiled code."""
    with zipfile.ZipFile(archive) as opened:
        return any(name.endswith(".pyc") for name in opened.namelist())


if __name__ == "__main__":
    made = make_release()
    print(f"[release] {made.relative_to(ROOT)}")  # noqa: T201 - it is a program
    for path in sorted(made.iterdir()):
        print(f"            {path.stat().st_size:>9,}  {path.name}")  # noqa: T201 - it is a program
    if not has_bytecode(made / "layers-guard.zip"):
        print("[release] no python3.13 here: the layer has no bytecode, and starts more slowly")  # noqa: T201
