"""Hand a kept file out."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.files import queries, rules
from kepu.kernel.files.models import StoredFile

# Even if a browser were made to open it as a page: no script, no form, no origin of ours.
_POLICY = "default-src 'none'; style-src 'none'; sandbox"


@require_safe
def download(request: HttpRequest, file_id: int) -> FileResponse:
    """The file as a download, never as a page. What one may not read is not there."""
    person = request.user if isinstance(request.user, User) else None
    file = StoredFile.objects.select_related("owner").filter(pk=file_id).first()
    reason = rules.why_not_read(person, file, clock.now()) if file else ""
    if file is None or reason is not None:
        raise Http404
    try:
        content = queries.open_file(file)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=queries.name(file),
        content_type=queries.media_type(file),
    )
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
