"""What can be found: one document for each object that a room lets be found."""

from __future__ import annotations

from django.db import models

from kepu.kernel.divisions.fields import PathField


class Document(models.Model):
    """A findable object. Its tokens stand beside it in the database's own index (see migrations)."""

    PERSONAL_DATA = False  # rooms hand in titles and descriptions, never names or numbers of people

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    # It stands in the index too; when divisions change, the room lets its objects be found anew.
    path = PathField(follows=False, blank=True, default="", db_index=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="")
    plain = models.TextField()  # title and text as they are compared

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="document_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.title}"
