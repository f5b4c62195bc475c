"""One's own account: what is known, who may use it, how to take it away or have it erased."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import actions, agents, entrance, farewell, queries, retention, rules
from kepu.kernel.accounts.actions import Consenting
from kepu.kernel.accounts.forms import ChildForm, PasswordForm, PersonalForm, TokenForm
from kepu.kernel.accounts.models import Personal
from kepu.kernel.accounts.views.second import me
from kepu.kernel.errors import Refusal, authorize
from kepu.kernel.roles import queries as roles
from kepu.ui import preferences, toasts


@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Everything about the account on one page; values are masked."""
    user, now = me(request), clock.now()
    context = {
        "now": now,
        "person": user,
        "masked": queries.masked(user),
        "roles": roles.titles(user, now),
        "tokens": queries.living_tokens(user, now),
        "why_not_token": rules.why_not_issue_token(queries.living_tokens(user, now).count()),
        "devices": [(one, agents.called(one.agent)) for one in queries.devices(user)],
        "here": entrance.device_of(request),
        "factors": queries.factors(user),
        "consents": user.consents.filter(withdrawn_at__isnull=True),
        "children": queries.wards(user, now),
        "token_form": TokenForm(),
    }
    return render(request, "accounts/account.html", context)


@login_required
@never_cache
def personal(request: HttpRequest) -> HttpResponse:
    """Put name and address for mail right."""
    user = me(request)
    known = user.personal
    form = PersonalForm(request.POST or None, initial={"name": known.name, "email": known.email})
    if request.method == "POST" and form.is_valid():
        try:
            changed = replace(known, **form.cleaned_data)
            actions.change_personal(user, changed, by=user, now=clock.now())
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            toasts.say(request, _("Saved."))
            new = changed.email and changed.email != known.email
            return redirect("account-mail" if new else "account")
    status = 422 if form.errors else 200
    context = {"form": form, "title": _("My data"), "submit": _("Save my data")}
    return render(request, "accounts/form.html", context, status=status)


@login_required
@require_POST
def keep_preferences(request: HttpRequest) -> HttpResponse:
    """Keep language and size of type with the account, so that every device follows.

    The colours stay with the device. What the form does not send stays as it was.
    """
    user = me(request)
    known = {code for code, _name in settings.LANGUAGES}
    language = request.POST.get("language", "")
    language = language if language in known else user.language
    large = request.POST.get("type", "large" if user.large_type else "") == "large"
    if (language, large) != (user.language, user.large_type):
        actions.change_preferences(
            user, language=language, large_type=large, by=user, now=clock.now()
        )
    response = preferences.answer(request)
    preferences.write(request, response)
    preferences.remember(request, response, language=language, large=large)
    return response


@login_required
@sensitive_post_parameters()
@never_cache
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; every other browser is signed out."""
    user = me(request)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.set_password(
                user, form.cleaned_data["new_password"], by=user, now=clock.now()
            )
        except Refusal as refusal:
            form.add_error("new_password", refusal.reason)
        else:
            update_session_auth_hash(request, changed)
            entrance.adopt(request, clock.now(), proved_twice=True)
            toasts.say(request, _("Your password is changed; other browsers are signed out."))
            return redirect("account")
    status = 422 if form.errors else 200
    context = {"form": form, "title": _("Change password"), "submit": _("Change password")}
    return render(request, "accounts/form.html", context, status=status)


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything held about me, as a file."""
    archive = actions.export(me(request), by=me(request), now=clock.now())
    response = HttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="kepu-my-data.zip"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """What erasing means, and what stands against it now; a POST does it."""
    user, now = me(request), clock.now()
    if request.method == "POST":
        actions.erase(user, by=user, now=now)
        logout(request)
        return render(request, "accounts/erased.html")
    context = {"reasons": retention.reasons(user, now), "farewell": farewell.sentences()}
    return render(request, "accounts/erase.html", context)


@login_required
@never_cache
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Make a key to the API and show it this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        toasts.say(request, _("Say what the key is for."))
        return redirect("account")
    user = me(request)
    issued = actions.issue_token(user, title=form.cleaned_data["title"], by=user, now=clock.now())
    return render(request, "accounts/token.html", {"issued": issued, "now": clock.now()})


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make a key useless."""
    token = get_object_or_404(me(request).tokens, pk=token_id)
    actions.revoke_token(token.pk, by=me(request), now=clock.now())
    toasts.say(request, _("The key is revoked."))
    return redirect("account")


@login_required
@require_POST
def end_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """Sign another browser out."""
    device = get_object_or_404(me(request).devices, pk=device_id)
    actions.end_device(device.pk, by=me(request), now=clock.now())
    toasts.say(request, _("That device is signed out."))
    return redirect("account")


@login_required
@never_cache
def child(request: HttpRequest) -> HttpResponse:
    """A guardian registers a child under 14, with consent."""
    user = me(request)
    form = ChildForm(request.POST or None, known=bool(user.personal.born))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.register_child(
                Personal(name=said["name"], born=str(said["born"])),
                by=user,
                now=clock.now(),
                consent=Consenting(settings.PRIVACY_TEXT),
                born=str(said.get("own_born", "")),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            toasts.say(request, _("The child is registered."))
            return redirect("account")
    status = 422 if form.errors else 200
    context = {"form": form, "title": _("Register a child"), "submit": _("Register the child")}
    return render(request, "accounts/form.html", context, status=status)


@login_required
@never_cache
def erase_child(request: HttpRequest, child_id: int) -> HttpResponse:
    """What erasing a child's data means; a guardian's POST does it."""
    ward, now = get_object_or_404(me(request).wards, pk=child_id), clock.now()
    if request.method != "POST":
        authorize(rules.why_not_handle(me(request), ward, now))
        context = {"reasons": retention.reasons(ward, now), "farewell": farewell.sentences()}
        return render(request, "accounts/erase.html", {**context, "child": ward})
    actions.erase(ward, by=me(request), now=now)
    toasts.say(request, _("The child's data are erased."))
    return redirect("account")


def privacy(request: HttpRequest) -> HttpResponse:
    """How data are used: what consent is given to."""
    return render(request, "accounts/privacy.html", {"version": settings.PRIVACY_TEXT})
