"""Whether the core in use is compiled, and whether it is the one its sources describe. See decision 12."""

from __future__ import annotations

from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

from matching import book

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("matching", "miniqmt_sim")


def core() -> str:
    """``compiled`` or ``pure Python``."""
    return "pure Python" if str(book.__file__).endswith(".py") else "compiled"


def stale(root: Path = ROOT) -> list[str]:
    """Sources of a checkout that were changed after they were compiled in place: what runs is not what they say."""
    if not (root / "setup.py").exists():  # installed: files have the time of their installation
        return []
    suffix = EXTENSION_SUFFIXES[0]
    built_s = max((path.stat().st_mtime for path in root.glob(f"miniqmt_sim/core__mypyc{suffix}")), default=0.0)
    modules = [path for package in PACKAGES for path in (root / package).rglob(f"*{suffix}")]
    sources = [path.with_name(path.name.removesuffix(suffix) + ".py") for path in modules]
    return [str(path.relative_to(root)) for path in sorted(sources) if path.exists() and path.stat().st_mtime > built_s]
