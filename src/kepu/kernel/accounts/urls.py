"""Where signing in and the account answer."""

from __future__ import annotations

from django.urls import path

from kepu.kernel.accounts.views import contact, entry, mine, provider, second

urlpatterns = [
    path("sign-in/", entry.sign_in, name="sign-in"),
    path("sign-in/code/", entry.code, name="sign-in-code"),
    path("sign-in/code/again/", entry.resend, name="sign-in-resend"),
    path("sign-in/register/", entry.register, name="sign-in-register"),
    path("sign-in/second/", second.prove, name="sign-in-second"),
    path("sign-in/second/passkey/", second.passkey_question, name="passkey-question"),
    path("sign-in/provider/", provider.begin, name="sign-in-provider"),
    path("sign-in/provider/back/", provider.back, name="sign-in-provider-back"),
    path("sign-in/again/", entry.sign_in_again, name="sign-in-again"),
    path("sign-out/", entry.sign_out, name="sign-out"),
    path("privacy/", mine.privacy, name="privacy"),
    path("account/", mine.account, name="account"),
    path("account/personal/", mine.personal, name="account-personal"),
    path("account/mail/", contact.mail, name="account-mail"),
    path("account/mail/code/", contact.send_mail, name="account-mail-send"),
    path("account/phone/", contact.phone, name="account-phone"),
    path("account/phone/code/", contact.phone_code, name="account-phone-code"),
    path("account/children/<int:child_id>/phone/", contact.child_phone, name="account-child-phone"),
    path("account/preferences/", mine.keep_preferences, name="account-preferences"),
    path("account/password/", mine.password, name="account-password"),
    path("account/export/", mine.export, name="account-export"),
    path("account/erase/", mine.erase, name="account-erase"),
    path("account/children/", mine.child, name="account-child"),
    path("account/children/<int:child_id>/erase/", mine.erase_child, name="account-child-erase"),
    path("account/tokens/", mine.issue_token, name="token-issue"),
    path("account/tokens/<int:token_id>/revoke/", mine.revoke_token, name="token-revoke"),
    path("account/devices/<int:device_id>/end/", mine.end_device, name="device-end"),
    path("account/second-factor/", second.overview, name="second-factor"),
    path("account/second-factor/app/", second.add_totp, name="second-factor-totp"),
    path("account/second-factor/app/qr/", second.totp_qr, name="totp-qr"),
    path("account/second-factor/passkey/", second.new_passkey, name="second-factor-passkey"),
    path("account/second-factor/recovery/", second.recovery, name="second-factor-recovery"),
    path("account/second-factor/<int:factor_id>/remove/", second.remove, name="factor-remove"),
]
