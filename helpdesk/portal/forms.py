"""What customers fill in."""

import unicodedata
import uuid
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from allauth.account.forms import RequestLoginCodeForm
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from contracts.addresses import LONGEST_ADDRESS
from contracts.models import Person
from helpdesk import files
from helpdesk.incoming import IncomingFile
from helpdesk.models import Ticket
from helpdesk.portal.context import NATIVE_NAMES
from helpdesk.portal.sign_in import account_for
from helpdesk.refusals import FileRefused

if TYPE_CHECKING:
    PersonForm = forms.ModelForm[Person]
else:
    PersonForm = forms.ModelForm

LONGEST_SUBJECT: Final = 200
LONGEST_TEXT: Final = 100_000


class SignInForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """Asks for the address to which a code is sent; a stranger's is answered alike."""

    def clean_email(self) -> str:
        """Count the attempt as allauth does, then find whom the address belongs to as we do."""
        email: str = super().clean_email().lower()
        self._user = account_for(email)
        return email


class ManyFiles(forms.ClearableFileInput):
    """A file input for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is read here, because their number and size are bounded."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> tuple[IncomingFile, ...]:  # noqa: ARG002 - Django's
        """Turn uploads into what the rules take, refusing what the rules refuse."""
        uploads = [upload for upload in (data or ()) if isinstance(upload, UploadedFile)]
        try:
            incoming = tuple(_incoming(upload) for upload in uploads)
            files.check(incoming)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return incoming


def _incoming(upload: "UploadedFile[Any]") -> IncomingFile:
    """What the browser sent; Django has cleaned the name, the kind is only a claim."""
    kind = "".join(character for character in upload.content_type or "" if character.isprintable())
    return IncomingFile(name=upload.name or "file", content_type=kind, content=upload.read())


def no_control_characters(text: str) -> None:
    """Refuse what cannot be shown, save line breaks and tabs."""
    if _has_controls(text):
        raise forms.ValidationError(_("This contains characters that cannot be shown. Please type it again."))


def _has_controls(text: Iterable[str]) -> bool:
    return any(unicodedata.category(character) == "Cc" and character not in "\r\n\t" for character in text)


class ReplyForm(forms.Form):
    """A message for a ticket. `key` makes a second submission of the same words harmless."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_TEXT,
        validators=[no_control_characters],
        error_messages={"required": _("Please write a message.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attached = FilesField(label=_("Files"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4

    def clean_text(self) -> str:
        """One kind of line break."""
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")


class NewTicketForm(ReplyForm):
    """A new ticket: what it is about, what it means for the work, the whole story."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=LONGEST_SUBJECT,
        validators=[no_control_characters],
        error_messages={"required": _("Please say in a few words what it is about.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    impact = forms.ChoiceField(
        label=_("What does it mean for your work?"), required=False, choices=Ticket.Impact
    )

    field_order = ("subject", "text", "impact", "attached", "key")


class ContactForm(forms.Form):
    """Whom a manager names; the rule says whether the address is one."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=LONGEST_ADDRESS,
        validators=[no_control_characters],
        widget=forms.EmailInput(attrs={"autocomplete": "off", "list": "people"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=160, required=False, validators=[no_control_characters]
    )


class ProfileForm(PersonForm):
    """How a customer likes to be addressed: name, language, time zone."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = Person
        fields = ("name", "language", "zone")
        labels = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields["language"]
        languages.choices = [("", _("as my browser says")), *NATIVE_NAMES.items()]
        zones: Any = self.fields["zone"]
        zones.choices = [
            ("", _("as my organisation")),
            *((zone, zone.replace("_", " ")) for zone in zone_names()),
        ]


@cache
def zone_names() -> tuple[str, ...]:
    """Zones named after a place."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    )
