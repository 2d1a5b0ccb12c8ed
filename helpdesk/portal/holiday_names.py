"""Public holidays in the reader's language.

A calendar keeps the names that its own country uses, as `sla.calendars.public_holidays` lists them. Those
of the countries whose languages we speak are known here; a name that somebody typed is shown as it is.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PORTUGAL: Final = {
    "Ano Novo": _("New Year's Day"),
    "Sexta-feira Santa": _("Good Friday"),
    "Páscoa": _("Easter Sunday"),
    "Corpo de Deus": _("Corpus Christi"),
    "Implantação da República": _("Republic Day"),
    "Dia de Todos os Santos": _("All Saints' Day"),
    "Restauração da Independência": _("Restoration of Independence"),
    "Dia da Liberdade": _("Freedom Day"),
    "Dia do Trabalhador": _("Labour Day"),
    "Dia de Portugal, de Camões e das Comunidades Portuguesas": _("Portugal Day"),
    "Assunção de Nossa Senhora": _("Assumption Day"),
    "Imaculada Conceição": _("Immaculate Conception"),
    "Dia de Natal": _("Christmas Day"),
}
FRANCE: Final = {
    "Jour de l'an": _("New Year's Day"),
    "Lundi de Pâques": _("Easter Monday"),
    "Lundi de Pentecôte": _("Whit Monday"),
    "Fête du Travail": _("Labour Day"),
    "Fête de la Victoire": _("Victory Day"),
    "Ascension": _("Ascension Day"),
    "Fête nationale": _("National Day"),
    "Assomption": _("Assumption Day"),
    "Toussaint": _("All Saints' Day"),
    "Armistice": _("Armistice Day"),
    "Noël": _("Christmas Day"),
}
SPAIN: Final = {
    "Año Nuevo": _("New Year's Day"),
    "Epifanía del Señor": _("Epiphany"),
    "Viernes Santo": _("Good Friday"),
    "Fiesta del Trabajo": _("Labour Day"),
    "Asunción de la Virgen": _("Assumption Day"),
    "Fiesta Nacional de España": _("National Day"),
    "Todos los Santos": _("All Saints' Day"),
    "Día de la Constitución Española": _("Constitution Day"),
    "Inmaculada Concepción": _("Immaculate Conception"),
    "Natividad del Señor": _("Christmas Day"),
}
BRAZIL: Final = {
    "Confraternização Universal": _("New Year's Day"),
    "Tiradentes": _("Tiradentes' Day"),
    "Independência do Brasil": _("Independence Day"),
    "Nossa Senhora Aparecida": _("Our Lady of Aparecida"),
    "Finados": _("All Souls' Day"),
    "Proclamação da República": _("Proclamation of the Republic"),
    "Dia Nacional de Zumbi e da Consciência Negra": _("Black Awareness Day"),
    "Natal": _("Christmas Day"),
}
NAMES: Final[Mapping[str, Promise]] = PORTUGAL | FRANCE | SPAIN | BRAZIL


def holiday_said(name: str) -> str:
    """Say a holiday's name in the reader's language: "Natal" is "Christmas Day"."""
    return str(NAMES.get(name, name))
