"""E-mail by SMTP."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from kepu.kernel.notices.channels import CannotSend, Message, Receipt
from kepu.kernel.notices.states import Way

_FINER = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class Email:
    """A mail server. `tls` asks for encryption before anything else is said."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = True
    timeout: float = 10
    way = Way.EMAIL

    def send(self, message: Message) -> Receipt:
        """Hand the mail over; its Message-ID is the key, by which mail systems know a repetition."""
        mail = self._mail(message)
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout) as server:
                if self.tls:
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise CannotSend(_words(code, words), permanent=code >= 500) from None
        except smtplib.SMTPResponseException as error:
            # A refused sender or sign-in is our own fault and may be put right: not this person's.
            permanent = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
            raise CannotSend(
                _words(error.smtp_code, error.smtp_error), permanent=permanent
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise CannotSend(type(error).__name__, permanent=False) from error
        return Receipt(str(mail["Message-ID"]))

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.title
        except ValueError:  # a line break in a header
            raise CannotSend("the address is malformed", permanent=True) from None
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(part for part in (message.text, message.link) if part))
        return mail


def _words(code: int, words: bytes | str) -> str:
    """The code and its finer form: servers repeat the address in their sentence, and this is kept and
    logged. For the same reason what they said is not chained to what we raise.
    """
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    finer = _FINER.match(text)
    return f"{code} {finer[0]}" if finer else str(code)
