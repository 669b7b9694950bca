"""Every way to install it gives the package `assay` alone, and works beside a project that has folders of the same names as ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.scans import FAILING, ROOT, write

AT_THE_TOP = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "hatch_build.py")
WAYS = ("wheel", "sdist", "editable")
_BUILD = "import sys; from hatchling.build import build_{way}; print(build_{way}(sys.argv[1]))"


def build(way: str, source: Path, into: Path) -> Path:
    """What a front end such as pip asks hatchling for (PEP 517 and PEP 660)."""
    ran = subprocess.run([sys.executable, "-c", _BUILD.format(way=way), into], cwd=source, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return into / ran.stdout.split()[-1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git has of the parts that are built."""
    copy = tmp_path_factory.mktemp("checkout") / "assay"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "scanner", "reports", "policies", *AT_THE_TOP],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def archive(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source as a package index has it, made below a repository that ignores parts of it, after an editable install."""
    write(checkout.parent, {".gitignore": "scanner/\n*.yaml\n"})
    build("editable", checkout, tmp_path_factory.mktemp("links"))
    return build("sdist", checkout, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module", params=WAYS)
def installed(request: pytest.FixtureRequest, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of packages with only Assay in it."""
    out = tmp_path_factory.mktemp("built")
    if request.param == "sdist":
        shutil.unpack_archive(request.getfixturevalue("archive"), out / "unpacked")
        (source,) = (out / "unpacked").iterdir()
        wheel = build("wheel", source, out)
    else:
        wheel = build(request.param, checkout, out)
    site = out / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With the installed package before that of the checkout. A `.pth` counts, as in any directory of packages."""
    code = (
        f"import sys, site; known = list(sys.path); site.addsitedir({str(site)!r}); "
        f"sys.path[:0] = [path for path in sys.path if path not in known]; {arguments[0]}"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments[1:]], cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip


def test_nothing_but_assay_is_installed(installed: Path) -> None:
    top = {path.name for path in installed.iterdir()}
    assert {name for name in top if not name.endswith((".dist-info", ".pth"))} <= {"assay"}
    assert not list(installed.rglob("__pycache__"))


def test_it_works_beside_a_project_with_clashing_names(installed: Path, tmp_path: Path) -> None:
    clash = {
        f"{name}/__init__.py": "raise RuntimeError('a module of the project')\n" for name in ("scanner", "reports", "policies", "fixtures")
    }
    project = write(tmp_path, {**clash, "infra/main.tf": FAILING})
    entry = "sys.argv[0] = 'assay'; sys.path.insert(0, ''); from assay.scanner.cli import main; main()"
    ran = run(
        installed, project, entry, "scan", "infra", "--control", "storage.*", "-r", "json", "-r", "html=out.html", "-r", "sarif=out.sarif"
    )
    assert ran.returncode == 1, ran.stderr
    assert {result["verdict"] for result in json.loads(ran.stdout)["results"]} >= {"fail", "pass"}
    assert (project / "out.html").stat().st_size > 10_000
    assert json.loads((project / "out.sarif").read_text("utf-8"))["version"] == "2.1.0"


def test_it_is_the_installed_package_that_runs(installed: Path, tmp_path: Path, checkout: Path) -> None:
    ran = run(installed, tmp_path, "import assay.scanner, assay.reports; print(assay.__file__, assay.scanner.__file__, assay.__version__)")
    where, scanner, version = ran.stdout.split()
    home = installed if (installed / "assay").is_dir() else checkout
    assert Path(where).is_relative_to(home) and Path(scanner).is_relative_to(home)
    assert version.count(".") == 2
    assert (Path(where).parent / "py.typed").exists()
    assert (Path(where).parent / "policies" / "storage" / "versioning-enabled.yaml").exists()


def test_the_archive_of_the_source_has_every_file_that_is_built(archive: Path, checkout: Path) -> None:
    """Whatever a `.gitignore` above it says: that is of the repository that the source is unpacked in."""
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    files = (path.relative_to(checkout) for path in checkout.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    built = {path.as_posix() for path in files if path.parts[0] != "build"}  # of an editable install
    assert len(built) > 1000 and built - names == set()
    assert names - built == {"PKG-INFO", ".gitignore"}  # hatchling takes along that above


def test_a_package_index_would_take_it(archive: Path, checkout: Path, tmp_path: Path) -> None:
    """Its description is Markdown that renders, and leads to no file that an index does not have."""
    files = [build("wheel", checkout, tmp_path), archive]
    ran = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with zipfile.ZipFile(files[0]) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("METADATA")]
        metadata = archive.read(name).decode()
    links = re.findall(r"\]\(([^)\s]+)\)", metadata)
    assert len(links) > 20 and all(link.startswith(("https://", "#")) for link in links)
    home = re.search(r"^Project-URL: Homepage, (\S+)$", metadata, re.MULTILINE)
    assert home is not None
    below = [link.removeprefix(f"{home[1]}/blob/main/").partition("#")[0] for link in links if link.startswith(home[1])]
    assert len(below) > 20 and all((ROOT / path).exists() for path in below)
