"""Who is signed in: Django's own backend, which asks for the person by a query kept ready."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from kepu.kernel.accounts.models import User
from kepu.kernel.ready import Slot, ready


class Accounts(ModelBackend):
    """Every request of somebody signed in asks this, so that a closed account is out at once."""

    def get_user(self, user_id: Any) -> User | None:
        person = _person.first(pk=user_id)
        return person if person and self.user_can_authenticate(person) else None


@ready
def _person(pk: Slot) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
