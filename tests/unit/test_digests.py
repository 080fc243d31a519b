"""Digests of data files are remembered until a file changes, and never believed when they are broken."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from miniqmt_sim.server import digests
from miniqmt_sim.server.digests import Digests
from miniqmt_sim.server.feeds import files


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    real = digests.sha256_of

    def note(file: Path) -> str:
        names.append(file.name)
        return real(file)

    monkeypatch.setattr(digests, "sha256_of", note)
    return names


def digest(path: Path) -> str:
    with Digests() as known:
        return known.of(path)


@pytest.mark.usefixtures("cache")
def test_a_file_is_read_once_until_it_changes(tmp_path: Path, read: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("one")
    assert [digest(path) for _ in range(3)] == [sha256(b"one").hexdigest()] * 3
    assert read == ["a.csv"]
    path.write_text("two")
    os.utime(path, ns=(0, 1))
    assert [digest(path) for _ in range(2)] == [sha256(b"two").hexdigest()] * 2
    assert read == ["a.csv"] * 2


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"%s": 5}', b'{"%s": [3, 1, null]}'])
def test_what_is_no_memory_is_made_anew(tmp_path: Path, cache: Path, read: list[str], content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_text("one")
    os.utime(path, ns=(0, 1))
    cache.mkdir()
    (cache / digests.FILE_NAME).write_bytes(content.replace(b"%s", json.dumps(str(path))[1:-1].encode()))
    assert digest(path) == digest(path) == sha256(b"one").hexdigest()
    assert read == ["a.csv"]


def test_it_has_a_bound(tmp_path: Path, cache: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MAX_FILES", 2)
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
        digest(tmp_path / name)
    for name in ("c", "b", "a"):
        digest(tmp_path / name)
    assert read == ["a", "b", "c", "a"]
    assert [file.name for file in cache.iterdir()] == [digests.FILE_NAME]
