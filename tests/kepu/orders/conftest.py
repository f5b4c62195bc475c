import pytest

from tests import factories


@pytest.fixture
def loop(db) -> factories.Loop:
    return factories.loop()
