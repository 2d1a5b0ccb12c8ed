"""Why a quote cannot be changed, sent, decided or worked on, each with a sentence for whoever tried."""

from django.utils.translation import gettext_lazy as _

from sla.refusing import Refusal


class QuoteRefused(Refusal):
    """A rule refused; `sentence` may be shown to whoever asked."""

    sentence = _("This is not possible with this quote.")


class NotADraft(QuoteRefused):
    sentence = _("This version was sent or is over; make a new version to change it.")


class EditedMeanwhile(QuoteRefused):
    sentence = _("Somebody else changed this quote meanwhile. Please look again.")


class NoLines(QuoteRefused):
    sentence = _("A quote has at least one line.")


class BadLine(QuoteRefused):
    sentence = _(
        "Each line says what it is for, a quantity above 0, a price of 0 or more, a tax of 0 to 100 percent."
    )


class BadCurrency(QuoteRefused):
    sentence = _("There is no such currency. Write its code, such as EUR.")


class NoValidity(QuoteRefused):
    sentence = _("Say until which day the quote can be accepted.")


class ValidInThePast(QuoteRefused):
    sentence = _("The last day on which the quote can be accepted lies ahead.")


class NotSent(QuoteRefused):
    sentence = _("Only a quote that was sent can be changed in this way.")


class NotYoursToDecide(QuoteRefused):
    sentence = _("A manager of your organisation decides about this.")


class NameMissing(QuoteRefused):
    sentence = _("Type your name to accept.")


class ReasonMissing(QuoteRefused):
    sentence = _("Please give the reason.")


class AnotherVersion(QuoteRefused):
    sentence = _("There is a newer version of this quote. Please read it first.")


class HasExpired(QuoteRefused):
    sentence = _("This quote has expired. Ask us for a new one.")


class IsDecided(QuoteRefused):
    sentence = _("This quote was decided already.")


class NotAgreed(QuoteRefused):
    sentence = _("Work is only done on a quote that was accepted.")


class IsBilled(QuoteRefused):
    sentence = _("Billing has written another number back already.")


class NotAuthorised(QuoteRefused):
    sentence = _("A manager of the customer must first authorise the work on their data.")


class NotCompared(QuoteRefused):
    sentence = _("What is to be restored must first be compared with the erasure register.")


class WasErased(QuoteRefused):
    sentence = _("Data of an erased person would come back: the privacy owner decides.")


class RegisterUnreachable(QuoteRefused):
    sentence = _("The erasure register cannot be read, so nothing is restored.")


class NoSubjects(QuoteRefused):
    sentence = _("Name whose data is to be restored, one e-mail address or identifier a line.")


class TooMuchWork(QuoteRefused):
    sentence = _("This goes beyond what was quoted by more than agreed. Send a new version first.")


class NothingLogged(QuoteRefused):
    sentence = _("Say how much work it was, and what was done.")
