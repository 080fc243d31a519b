"""What every Python reads when it begins, in the processes that a strategy under ``miniqmt-sim run`` starts.

A process of ``subprocess``, and one of ``multiprocessing`` that is not forked, begins with nothing of its parent but the
environment. ``run`` puts this directory there, so that ``import xtquant`` means the same to such a process. A
``sitecustomize`` of the user's own runs as well, and an interpreter without miniqmt-sim is left as it is.
"""

import contextlib
import importlib
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))

sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]
_own = sys.modules.pop("sitecustomize")
with contextlib.suppress(ImportError):
    importlib.import_module("sitecustomize")
sys.modules.setdefault("sitecustomize", _own)
with contextlib.suppress(ImportError):
    importlib.import_module("miniqmt_sim.client.hook").install()
