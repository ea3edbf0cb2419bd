"""Modules that are loaded when something of them is used, not when they are imported.

great-expectations imports libraries of charts, statistics and cloud stores that validating a table
in memory never touches: a third of the time it takes to start.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


class _Lazily(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the list as Python itself would, and put off running it."""
        spec = PathFinder.find_spec(fullname, path) if fullname in self._names else None
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec


def import_lazily(*names: str) -> None:
    """Let later imports of the modules `names` wait until an attribute of theirs is asked for."""
    sys.meta_path.insert(0, _Lazily(names))
