"""The embedded default of outgoing mail: each message one `.eml` file, so the loop needs no account."""

import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmlFolder(BaseEmailBackend):
    """Writes to `$DATA_DIR/mail`, named by the instant, readable by any mail program."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message whole or not at all; return how many. Raises OSError when the disk refuses."""
        folder = Path(settings.MAIL_DIR)
        for message in email_messages:
            self._write(folder, message)
        return len(email_messages)

    def _write(self, folder: Path, message: EmailMessage) -> None:
        name = f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
        draft = folder / f".{name}"
        draft.write_bytes(message.message().as_bytes())
        draft.rename(folder / name)
