"""What every worker needs, imported where workers are forked, so that none does it by itself."""

from __future__ import annotations

from importlib import import_module

from _pytest.config import default_plugins

import course.autograde  # noqa: F401
from course.sandbox import pace

for plugin in default_plugins:  # which pytest would import when a worker collects its checks
    import_module(f"_pytest.{plugin}")

pace.at_first()  # nobody slows this machine yet
