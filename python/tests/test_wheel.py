"""The wheel is built, is typed, and works in an environment that holds nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from media_server import ROOT


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from the repository, with hatchling as it is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    run(sys.executable, "-m", "pip", "wheel", *options, str(ROOT / "python"), folder=folder)
    [built] = folder.glob("bitbasel_media-*.whl")
    return built


def test_it_holds_the_package_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"bitbasel_media/py.typed", "bitbasel_media/advice.json"} <= set(names)
    tops = {name.split("/")[0] for name in names}
    assert [top for top in tops if not top.startswith("bitbasel_media")] == []


# What is imported, and what must not be needed for it.
PROGRAM = """
import importlib.util, sys
import bitbasel_media
from bitbasel_media import MediaServerClient, SyncMediaServerClient, verify_webhook, models
assert bitbasel_media.MediaServerError(status=404, code="room_not_found", detail="").advice
for name in ("jwt", "fastapi", "pydantic"):
    assert importlib.util.find_spec(name) is None, name
for module in ("tokens", "fastapi"):
    try:
        importlib.import_module("bitbasel_media." + module)
    except ModuleNotFoundError:
        continue
    raise AssertionError(module)
print(bitbasel_media.__file__)
"""


def test_it_installs_into_an_empty_environment_and_imports(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "venv", folder=tmp_path)
    python = str(tmp_path / "venv/bin/python")
    run(python, "-m", "pip", "install", "--quiet", str(wheel), folder=tmp_path)
    assert str(tmp_path) in run(python, "-c", PROGRAM, folder=tmp_path)
    # Types come along: a wrong use is an error to whoever checks a program against it.
    program = tmp_path / "program.py"
    program.write_text(
        "from bitbasel_media import SyncMediaServerClient\n"
        'stats = SyncMediaServerClient().get_room_stats("x")\n'
        'right: int = stats["viewer_count"]\n'
        'wrong: str = stats["viewer_count"]\n',
        encoding="utf-8",
    )
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, str(program)]
    checked = subprocess.run(mypy, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert checked.stdout.count("error:") == 1, checked.stdout
    assert "program.py:4: error: Incompatible types" in checked.stdout
