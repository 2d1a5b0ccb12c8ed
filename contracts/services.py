"""The technical services that every desk begins with: five, each with examples and a usual line (SA-12).

A desk renames, prices and archives them as it likes; what it has changed is not changed back. They cost
nothing until somebody gives them a price, since a price is the vendor's to say.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from contracts.models import Quote, ServiceCategory, UsualLine

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Seed:
    """A category as a new desk has it."""

    key: str
    names: Texts
    examples: Texts
    needs_authorisation: bool = True
    checks_erasure: bool = False


SEEDS: Final = (
    Seed(
        "recover_deleted_items",
        {
            "en": "Recovery of deleted items",
            "fr": "Récupération d’éléments supprimés",
            "es": "Recuperación de elementos eliminados",
            "pt-pt": "Recuperação de itens eliminados",
            "pt-br": "Recuperação de itens excluídos",
        },
        {
            "en": "Records, files or whole lists that somebody deleted come back from a backup.",
            "fr": "Des fiches, fichiers ou listes supprimés sont repris d’une sauvegarde.",
            "es": "Registros, archivos o listas que alguien eliminó vuelven de una copia de seguridad.",
            "pt-pt": "Registos, ficheiros ou listas que alguém eliminou voltam de uma cópia de segurança.",
            "pt-br": "Registros, arquivos ou listas que alguém excluiu voltam de um backup.",
        },
        checks_erasure=True,
    ),
    Seed(
        "consult_logs",
        {
            "en": "Consultation of logs or history",
            "fr": "Consultation des journaux ou de l’historique",
            "es": "Consulta de registros o del historial",
            "pt-pt": "Consulta de registos ou do histórico",
            "pt-br": "Consulta de logs ou do histórico",
        },
        {
            "en": "Who changed what and when, read from the logs of the database.",
            "fr": "Qui a modifié quoi et quand, lu dans les journaux de la base de données.",
            "es": "Quién cambió qué y cuándo, leído en los registros de la base de datos.",
            "pt-pt": "Quem alterou o quê e quando, lido nos registos da base de dados.",
            "pt-br": "Quem alterou o quê e quando, lido nos logs do banco de dados.",
        },
    ),
    Seed(
        "bulk_actions",
        {
            "en": "Bulk actions",
            "fr": "Actions en masse",
            "es": "Acciones masivas",
            "pt-pt": "Ações em massa",
            "pt-br": "Ações em massa",
        },
        {
            "en": "The same step done for many records at once, such as closing or deleting them.",
            "fr": "La même opération sur de nombreuses fiches à la fois, comme les clore ou les supprimer.",
            "es": "El mismo paso para muchos registros a la vez, como cerrarlos o eliminarlos.",
            "pt-pt": "O mesmo passo para muitos registos de uma vez, como fechá-los ou eliminá-los.",
            "pt-br": "O mesmo passo para muitos registros de uma vez, como fechá-los ou excluí-los.",
        },
    ),
    Seed(
        "bulk_updates",
        {
            "en": "Bulk updates",
            "fr": "Mises à jour en masse",
            "es": "Actualizaciones masivas",
            "pt-pt": "Atualizações em massa",
            "pt-br": "Atualizações em massa",
        },
        {
            "en": "A field of many records takes new values, from a list that you send.",
            "fr": "Un champ de nombreuses fiches reçoit de nouvelles valeurs, d’après votre liste.",
            "es": "Un campo de muchos registros recibe valores nuevos, de una lista que usted envía.",
            "pt-pt": "Um campo de muitos registos recebe valores novos, de uma lista que nos envia.",
            "pt-br": "Um campo de muitos registros recebe valores novos, de uma lista que você envia.",
        },
    ),
    Seed(
        "file_uploads",
        {
            "en": "Specific file uploads",
            "fr": "Chargements de fichiers spécifiques",
            "es": "Cargas de archivos específicos",
            "pt-pt": "Carregamento de ficheiros específicos",
            "pt-br": "Envio de arquivos específicos",
        },
        {
            "en": "Files in a form of your own are brought into the product by us.",
            "fr": "Des fichiers à votre propre format sont intégrés au produit par nos soins.",
            "es": "Incorporamos al producto archivos con un formato propio de usted.",
            "pt-pt": "Introduzimos no produto ficheiros com um formato próprio.",
            "pt-br": "Incluímos no produto arquivos com um formato próprio.",
        },
    ),
)


def establish() -> None:
    """Give a desk the five that it lacks; doing it again changes nothing."""
    known = set(ServiceCategory.objects.values_list("key", flat=True))
    for position, seed in enumerate(SEEDS, start=1):
        if seed.key not in known:
            _make(seed, position)


def _make(seed: Seed, position: int) -> None:
    with transaction.atomic():
        category = ServiceCategory.objects.create(
            key=seed.key,
            position=position,
            names=seed.names,
            examples=seed.examples,
            needs_authorisation=seed.needs_authorisation,
            checks_erasure=seed.checks_erasure,
        )
        UsualLine.objects.create(category=category, descriptions=seed.names, quantity=1, unit_price=0)


def establish_after_migrate(**_signal: Any) -> None:
    """Every installation has them, from its first migration on."""
    establish()


def offered() -> list[ServiceCategory]:
    """Those that can be chosen, in their order."""
    return list(ServiceCategory.objects.filter(archived_at=None))


def remove(category: ServiceCategory, *, at: datetime) -> bool:
    """Delete a category that nothing has, and archive one that something has; says whether it is gone."""
    with transaction.atomic():
        row = ServiceCategory.objects.select_for_update().get(pk=category.pk)
        if Quote.objects.filter(category=row).exists():
            if row.archived_at is None:
                row.archived_at = at
                row.save(update_fields=["archived_at"])
            return False
        row.delete()
        return True
