import pytest
import time_machine

from tests import factories


@pytest.fixture
def loop(db) -> factories.Loop:
    return factories.loop()


@pytest.fixture
def at_noon():
    """The clock stands still at the moment the factories call now."""
    with time_machine.travel(factories.NOW, tick=False) as traveller:
        yield traveller
