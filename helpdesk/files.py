"""Which files a signed-in customer or an agent may send along."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from helpdesk.incoming import IncomingFile
from helpdesk.refusals import FileRefused

MOST_FILES: Final = 10
LARGEST: Final = 25 * 1024 * 1024
BLOCKED: Final = (".exe", ".bat", ".cmd", ".com", ".scr", ".js", ".vbs", ".msi", ".jar", ".lnk", ".ps1")


def check(files: Sequence[IncomingFile]) -> None:
    """Look at number, size and kind.

    Raises:
        FileRefused: naming what is wrong.
    """
    if len(files) > MOST_FILES:
        raise FileRefused(_("Please send at most 10 files at once."))
    for file in files:
        _check_one(file)


def _check_one(file: IncomingFile) -> None:
    if not file.content:
        raise FileRefused(_("One of the files is empty."))
    if len(file.content) > LARGEST:
        raise FileRefused(_("A file may have at most 25 MB."))
    if file.name.lower().endswith(BLOCKED):
        raise FileRefused(_("Programs cannot be sent. Please put it into an archive or describe it."))
