"""What the tests of the sandbox share: a warm process of each tier, and a submission of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandboxes import TIERS, warm_process

from course.sandbox.forks import WarmProcess
from course.sandbox.host import Child


@pytest.fixture(scope="module", params=TIERS)
def warm(request: pytest.FixtureRequest) -> Iterator[WarmProcess]:
    with warm_process(request.param) as made:
        yield made


@pytest.fixture
def child(warm: WarmProcess) -> Iterator[Child]:
    with warm.fork() as made:
        yield made
