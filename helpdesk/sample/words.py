"""What the sample's people write: twelve troubles in five languages, all invented.

A trouble is (subject, what the customer writes, what the agent asks or answers, what the customer says then,
how it ends).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Trouble(NamedTuple):
    """One conversation, in its order."""

    subject: str
    text: str
    answer: str
    more: str
    end: str


ENGLISH: Final = (
    Trouble(
        "Work orders do not sync on the tablets",
        "Since this morning the tablets of the night shift keep showing yesterday's work orders.",
        "Thank you for telling us. Which version does the app show under Settings, About?",
        "It says 8.2.1 on all four.",
        "8.2.2 brings the missing step; please update and pull the list down once.",
    ),
    Trouble(
        "Nobody can sign in",
        "The sign-in page answers with an error for the whole team. We cannot work.",
        "We see it too and are on it. I will write again within the hour.",
        "Thank you, we are waiting.",
        "Sign-in works again. The cause was an expired certificate of ours; we are sorry.",
    ),
    Trouble(
        "How do I add a second location?",
        "We are opening a second house next month. Where do I enter it?",
        "Under Places, Add: choose Building, and copy the structure of the first one if you like.",
        "Found it, that was easy.",
        "Wonderful. Good luck with the new house!",
    ),
    Trouble(
        "Photos missing in the monthly report",
        "The PDF has empty frames where the photos of the inspections should be.",
        "Could you send us one of these reports?",
        "Here you are, page 4 and following.",
        "The photos were larger than the report allows; they are scaled down now. Please make it once more.",
    ),
    Trouble(
        "Notifications arrive twice",
        "Every assignment reaches my phone twice. It is a small thing but confusing.",
        "Do you have the app on two devices with the same account?",
        "Yes, an old phone is still signed in.",
        "Sign it out under Account, Devices; then each one comes once.",
    ),
    Trouble(
        "Export to Excel stops at 5,000 rows",
        "Our equipment list has 7,300 rows, the export ends at 5,000.",
        "That is a limit of the quick export. Under Reports, Lists there is one without it.",
        "That one works.",
        "Good. We have noted that the quick export should say so.",
    ),
    Trouble(
        "Wrong time on the shift plan",
        "All shifts are one hour off since the clocks changed.",
        "Which zone is set under Company, Places?",
        "It says UTC. It should be London.",
        "With Europe/London the plan follows summer time by itself. I have checked next week's: it is right.",
    ),
    Trouble(
        "QR code labels cannot be scanned",
        "The labels we printed yesterday are not recognised by the app.",
        "Please print one at 100 %: the printer seems to have fitted them to the page.",
        "At 100 % it works at once.",
        "Then all is well. The dialog's setting is called Actual size.",
    ),
    Trouble(
        "Invoice address",
        "Please put our new address on the next invoice.",
        "Done. Would you like last month's again with the new address?",
        "Not needed, thank you.",
        "Then I close this. Have a nice day.",
    ),
    Trouble(
        "A technician sees tickets of another site",
        "One of our technicians sees work orders of the other hotel. He should not.",
        "Which role does he have there?",
        "He is a guest in both.",
        "Guests see what is shared with Everyone. I have written down how to restrict it.",
    ),
    Trouble(
        "Slow since the weekend",
        "Lists take ten seconds and more to open.",
        "Is it the same on another network, a phone for instance?",
        "On the phone it is quick. It must be our proxy.",
        "Please let *.lumiar.example pass without inspection; that cures it for others.",
    ),
    Trouble(
        "The lift inspection is not in the calendar",
        "The yearly inspection has vanished from the plan.",
        "Somebody archived the plan on Friday. Shall I bring it back?",
        "Yes please!",
        "It is back, with all its dates.",
    ),
)

FRENCH: Final = (
    Trouble(
        "Les bons de travail ne se synchronisent plus",
        "Depuis ce matin, les tablettes de l'équipe de nuit montrent encore les bons d'hier.",
        "Merci de nous l'avoir signalé. Quelle version affiche l'application, sous Réglages ?",
        "La 8.2.1 sur les quatre.",
        "La version 8.2.2 corrige ce point ; merci de mettre à jour puis de tirer la liste vers le bas.",
    ),
    Trouble(
        "Personne ne peut se connecter",
        "La page de connexion affiche une erreur pour tout le service. Nous sommes bloqués.",
        "Nous le constatons aussi et nous y travaillons. Je vous écris dans l'heure.",
        "Merci, nous attendons.",
        "La connexion fonctionne de nouveau. Un de nos certificats avait expiré ; veuillez nous excuser.",
    ),
    Trouble(
        "Comment ajouter un deuxième site ?",
        "Nous ouvrons un deuxième bâtiment le mois prochain. Où faut-il le saisir ?",
        "Sous Lieux, Ajouter : choisissez Bâtiment, et copiez la structure du premier si vous le souhaitez.",
        "C'est fait, merci.",
        "Parfait. Bonne ouverture !",
    ),
    Trouble(
        "Photos absentes du rapport mensuel",
        "Le PDF contient des cadres vides à la place des photos.",
        "Pourriez-vous nous envoyer un de ces rapports ?",
        "Le voici, à partir de la page 4.",
        "Les photos étaient trop grandes ; elles sont désormais réduites. Vous pouvez relancer le rapport.",
    ),
    Trouble(
        "Notifications en double",
        "Chaque affectation arrive deux fois sur mon téléphone.",
        "L'application est-elle installée sur deux appareils avec le même compte ?",
        "Oui, un ancien téléphone est resté connecté.",
        "Déconnectez-le sous Compte, Appareils, et tout n'arrivera plus qu'une fois.",
    ),
    Trouble(
        "L'export Excel s'arrête à 5 000 lignes",
        "Notre inventaire compte 7 300 lignes, l'export s'arrête à 5 000.",
        "C'est une limite de l'export rapide. Sous Rapports, Listes, il n'y en a pas.",
        "Celui-là fonctionne.",
        "Très bien. Nous avons noté que l'export rapide devrait le dire.",
    ),
    Trouble(
        "Planning décalé d'une heure",
        "Depuis le changement d'heure, toutes les gardes sont décalées.",
        "Quel fuseau est réglé sous Société, Lieux ?",
        "UTC. Il faudrait Paris.",
        "Avec Europe/Paris, le planning suit l'heure d'été tout seul. La semaine prochaine est correcte.",
    ),
    Trouble(
        "Étiquettes QR illisibles",
        "Les étiquettes imprimées hier ne sont pas reconnues.",
        "Merci d'en imprimer une à 100 % : l'imprimante semble les avoir ajustées à la page.",
        "À 100 %, cela marche tout de suite.",
        "Alors tout va bien. Le réglage s'appelle Taille réelle.",
    ),
    Trouble(
        "Adresse de facturation",
        "Merci d'indiquer notre nouvelle adresse sur la prochaine facture.",
        "C'est fait. Souhaitez-vous aussi celle du mois dernier ?",
        "Non merci.",
        "Je ferme donc cette demande. Bonne journée.",
    ),
    Trouble(
        "Un technicien voit les demandes d'un autre site",
        "Un de nos techniciens voit les bons de l'autre clinique.",
        "Quel rôle y a-t-il ?",
        "Invité, dans les deux.",
        "Les invités voient ce qui est partagé avec Tous. Je vous indique comment le restreindre.",
    ),
    Trouble(
        "Lenteur depuis le week-end",
        "Les listes mettent plus de dix secondes à s'ouvrir.",
        "Est-ce pareil sur un autre réseau, par exemple un téléphone ?",
        "Sur le téléphone, c'est rapide. C'est sans doute notre proxy.",
        "Laissez passer *.lumiar.example sans inspection ; cela suffit ailleurs.",
    ),
    Trouble(
        "Le contrôle de l'ascenseur a disparu du calendrier",
        "Le contrôle annuel n'est plus dans le planning.",
        "Le plan a été archivé vendredi. Dois-je le rétablir ?",
        "Oui, s'il vous plaît !",
        "Il est de retour, avec toutes ses dates.",
    ),
)

SPANISH: Final = (
    Trouble(
        "Las órdenes de trabajo no se sincronizan",
        "Desde esta mañana las tabletas del turno de noche muestran las órdenes de ayer.",
        "Gracias por avisar. ¿Qué versión aparece en Ajustes, Acerca de?",
        "La 8.2.1 en las cuatro.",
        "La 8.2.2 lo corrige; actualice y deslice la lista hacia abajo una vez.",
    ),
    Trouble(
        "Nadie puede entrar",
        "La página de acceso da error a todo el equipo. No podemos trabajar.",
        "También lo vemos y estamos en ello. Le escribo en menos de una hora.",
        "Gracias, esperamos.",
        "Ya se puede entrar. Había caducado un certificado nuestro; le pedimos disculpas.",
    ),
    Trouble(
        "¿Cómo añado un segundo edificio?",
        "El mes que viene abrimos otro edificio. ¿Dónde lo doy de alta?",
        "En Lugares, Añadir: elija Edificio y copie la estructura del primero si quiere.",
        "Lo encontré, muy fácil.",
        "Estupendo. ¡Suerte con la apertura!",
    ),
    Trouble(
        "Faltan fotos en el informe mensual",
        "El PDF tiene marcos vacíos en lugar de las fotos.",
        "¿Podría enviarnos uno de esos informes?",
        "Aquí lo tiene, desde la página 4.",
        "Las fotos eran demasiado grandes; ahora se reducen. Puede generarlo de nuevo.",
    ),
    Trouble(
        "Las notificaciones llegan dos veces",
        "Cada asignación me llega dos veces al teléfono.",
        "¿Tiene la aplicación en dos dispositivos con la misma cuenta?",
        "Sí, un teléfono antiguo sigue conectado.",
        "Ciérrele la sesión en Cuenta, Dispositivos, y llegarán una sola vez.",
    ),
    Trouble(
        "La exportación a Excel se para en 5.000 filas",
        "Nuestro inventario tiene 7.300 filas y la exportación se queda en 5.000.",
        "Es un límite de la exportación rápida. En Informes, Listas no lo hay.",
        "Esa funciona.",
        "Bien. Hemos anotado que la rápida debería decirlo.",
    ),
    Trouble(
        "El cuadrante va una hora mal",
        "Desde el cambio de hora todos los turnos van mal.",
        "¿Qué zona está puesta en Empresa, Lugares?",
        "UTC. Debería ser Madrid.",
        "Con Europe/Madrid sigue el horario de verano. He comprobado la semana que viene y está bien.",
    ),
    Trouble(
        "No se leen las etiquetas QR",
        "La aplicación no reconoce las etiquetas que imprimimos ayer.",
        "Imprima una al 100 %: parece que la impresora las ajustó a la página.",
        "Al 100 % funciona enseguida.",
        "Entonces está todo. La opción se llama Tamaño real.",
    ),
    Trouble(
        "Dirección de facturación",
        "Por favor, pongan nuestra nueva dirección en la próxima factura.",
        "Hecho. ¿Quiere también la del mes pasado?",
        "No hace falta, gracias.",
        "Lo cierro entonces. Buen día.",
    ),
    Trouble(
        "Un técnico ve órdenes de otra sede",
        "Uno de nuestros técnicos ve las órdenes del otro hotel.",
        "¿Qué rol tiene allí?",
        "Invitado, en las dos.",
        "Los invitados ven lo compartido con Todos. Le explico cómo limitarlo.",
    ),
    Trouble(
        "Va lento desde el fin de semana",
        "Las listas tardan más de diez segundos en abrirse.",
        "¿Pasa lo mismo en otra red, por ejemplo en un teléfono?",
        "En el teléfono va rápido. Será nuestro proxy.",
        "Deje pasar *.lumiar.example sin inspección; en otros sitios basta con eso.",
    ),
    Trouble(
        "La revisión del ascensor no está en el calendario",
        "La revisión anual ha desaparecido del plan.",
        "Alguien archivó el plan el viernes. ¿Lo recupero?",
        "¡Sí, por favor!",
        "Ya está de vuelta, con todas sus fechas.",
    ),
)

PORTUGUESE: Final = (
    Trouble(
        "As ordens de trabalho não sincronizam",
        "Desde esta manhã os tablets do turno da noite mostram as ordens de ontem.",
        "Obrigado pelo aviso. Que versão aparece em Definições, Acerca de?",
        "A 8.2.1 nos quatro.",
        "A 8.2.2 resolve; atualize e puxe a lista para baixo uma vez.",
    ),
    Trouble(
        "Ninguém consegue entrar",
        "A página de entrada dá erro a toda a equipa. Não conseguimos trabalhar.",
        "Também vemos o erro e estamos a tratar dele. Escrevo-lhe dentro de uma hora.",
        "Obrigada, ficamos à espera.",
        "Já é possível entrar. Um certificado nosso tinha expirado; pedimos desculpa.",
    ),
    Trouble(
        "Como acrescento um segundo edifício?",
        "No próximo mês abrimos outro hotel. Onde o registo?",
        "Em Locais, Adicionar: escolha Edifício e copie a estrutura do primeiro, se quiser.",
        "Encontrei, foi fácil.",
        "Ótimo. Boa sorte com a abertura!",
    ),
    Trouble(
        "Faltam fotografias no relatório mensal",
        "O PDF tem molduras vazias em vez das fotografias.",
        "Pode enviar-nos um desses relatórios?",
        "Aqui está, a partir da página 4.",
        "As fotografias eram grandes de mais; agora são reduzidas. Pode gerar o relatório outra vez.",
    ),
    Trouble(
        "Notificações em duplicado",
        "Cada atribuição chega duas vezes ao meu telemóvel.",
        "Tem a aplicação em dois aparelhos com a mesma conta?",
        "Sim, um telemóvel antigo continua ligado.",
        "Termine a sessão dele em Conta, Aparelhos, e passam a chegar uma só vez.",
    ),
    Trouble(
        "A exportação para Excel para nas 5000 linhas",
        "O nosso inventário tem 7300 linhas e a exportação fica nas 5000.",
        "É um limite da exportação rápida. Em Relatórios, Listas não existe.",
        "Essa funciona.",
        "Muito bem. Anotámos que a rápida devia avisar.",
    ),
    Trouble(
        "A escala está uma hora errada",
        "Desde a mudança da hora que todos os turnos estão errados.",
        "Que fuso está definido em Empresa, Locais?",
        "UTC. Devia ser Lisboa.",
        "Com Europe/Lisbon a escala segue a hora de verão. Confirmei a próxima semana: está certa.",
    ),
    Trouble(
        "As etiquetas QR não são lidas",
        "A aplicação não reconhece as etiquetas que imprimimos ontem.",
        "Imprima uma a 100 %: parece que a impressora as ajustou à página.",
        "A 100 % funciona logo.",
        "Então está tudo bem. A opção chama-se Tamanho real.",
    ),
    Trouble(
        "Morada de faturação",
        "Por favor ponham a nossa nova morada na próxima fatura.",
        "Feito. Quer também a do mês passado?",
        "Não é preciso, obrigada.",
        "Fecho então o pedido. Bom dia.",
    ),
    Trouble(
        "Um técnico vê ordens de outro hotel",
        "Um dos nossos técnicos vê as ordens do outro hotel, e não devia.",
        "Que perfil tem ele lá?",
        "Convidado, nos dois.",
        "Os convidados veem o que é partilhado com Todos. Explico-lhe como restringir.",
    ),
    Trouble(
        "Lento desde o fim de semana",
        "As listas demoram mais de dez segundos a abrir.",
        "Acontece o mesmo noutra rede, por exemplo num telemóvel?",
        "No telemóvel é rápido. Deve ser o nosso proxy.",
        "Deixe passar *.lumiar.example sem inspeção; noutros sítios bastou.",
    ),
    Trouble(
        "A inspeção do elevador não está no calendário",
        "A inspeção anual desapareceu do plano.",
        "Alguém arquivou o plano na sexta-feira. Quer que o recupere?",
        "Sim, por favor!",
        "Está de volta, com todas as datas.",
    ),
)

BRAZILIAN: Final = (
    Trouble(
        "As ordens de serviço não sincronizam",
        "Desde hoje cedo os tablets da turma da noite mostram as ordens de ontem.",
        "Obrigado pelo aviso. Qual versão aparece em Configurações, Sobre?",
        "A 8.2.1 nos quatro.",
        "A 8.2.2 resolve; atualize e puxe a lista para baixo uma vez.",
    ),
    Trouble(
        "Ninguém consegue fazer login",
        "A tela de login dá erro para o time inteiro. Estamos parados.",
        "Também estamos vendo e já cuidando disso. Escrevo em até uma hora.",
        "Obrigada, aguardamos.",
        "O login voltou. Um certificado nosso tinha vencido; pedimos desculpas.",
    ),
    Trouble(
        "Como cadastro um segundo prédio?",
        "No mês que vem abrimos outro hotel. Onde cadastro?",
        "Em Locais, Adicionar: escolha Prédio e copie a estrutura do primeiro, se quiser.",
        "Achei, foi fácil.",
        "Que bom. Sucesso na inauguração!",
    ),
    Trouble(
        "Faltam fotos no relatório mensal",
        "O PDF mostra molduras vazias no lugar das fotos.",
        "Você pode nos enviar um desses relatórios?",
        "Segue, a partir da página 4.",
        "As fotos eram grandes demais; agora são reduzidas. Pode gerar de novo.",
    ),
    Trouble(
        "Notificações duplicadas",
        "Cada tarefa chega duas vezes no meu celular.",
        "Você tem o aplicativo em dois aparelhos com a mesma conta?",
        "Sim, um celular antigo ainda está conectado.",
        "Saia da conta nele em Conta, Aparelhos, e elas chegam uma vez só.",
    ),
    Trouble(
        "A exportação para Excel para em 5.000 linhas",
        "Nosso inventário tem 7.300 linhas e a exportação para em 5.000.",
        "É um limite da exportação rápida. Em Relatórios, Listas não há limite.",
        "Essa funciona.",
        "Ótimo. Anotamos que a rápida deveria avisar.",
    ),
    Trouble(
        "Escala com horário errado",
        "Todos os turnos aparecem com três horas de diferença.",
        "Qual fuso está em Empresa, Locais?",
        "UTC. Deveria ser São Paulo.",
        "Com America/Sao_Paulo fica certo. Conferi a próxima semana.",
    ),
    Trouble(
        "As etiquetas QR não são lidas",
        "O aplicativo não reconhece as etiquetas que imprimimos ontem.",
        "Imprima uma em 100 %: parece que a impressora ajustou à página.",
        "Em 100 % funciona na hora.",
        "Então está tudo certo. A opção se chama Tamanho real.",
    ),
    Trouble(
        "Endereço de cobrança",
        "Por favor, coloquem nosso novo endereço na próxima fatura.",
        "Feito. Quer também a do mês passado?",
        "Não precisa, obrigada.",
        "Então vou fechar. Bom dia!",
    ),
    Trouble(
        "Um técnico vê ordens de outra unidade",
        "Um dos nossos técnicos vê as ordens da outra unidade, e não deveria.",
        "Que perfil ele tem lá?",
        "Convidado, nas duas.",
        "Convidados veem o que é compartilhado com Todos. Explico como restringir.",
    ),
    Trouble(
        "Lento desde o fim de semana",
        "As listas levam mais de dez segundos para abrir.",
        "Acontece em outra rede, no celular por exemplo?",
        "No celular é rápido. Deve ser nosso proxy.",
        "Libere *.lumiar.example sem inspeção; em outros lugares bastou.",
    ),
    Trouble(
        "A inspeção do elevador sumiu do calendário",
        "A inspeção anual desapareceu do plano.",
        "Alguém arquivou o plano na sexta-feira. Quer que eu recupere?",
        "Sim, por favor!",
        "Voltou, com todas as datas.",
    ),
)

TROUBLES: Final[Mapping[str, tuple[Trouble, ...]]] = {
    "en": ENGLISH,
    "fr": FRENCH,
    "es": SPANISH,
    "pt-pt": PORTUGUESE,
    "pt-br": BRAZILIAN,
}


SERVICE_WORDS: Final[Mapping[tuple[str, str], tuple[str, str, str]]] = {
    ("bulk_updates", "pt-pt"): (
        "Preços de todos os quartos",
        "Podem alterar os preços dos 240 quartos de uma vez? A lista está em anexo na mensagem anterior.",
        "Podemos fazê-lo diretamente na base de dados; enviamos um orçamento para isso.",
    ),
    ("consult_logs", "fr"): (
        "Qui a modifié ce dossier ?",
        "Nous devons savoir qui a modifié le planning du 3 au 5. L’historique de l’écran ne va pas si loin.",
        "Cela se lit dans les journaux de la base ; nous préparons un devis.",
    ),
    ("recover_deleted_items", "en"): (
        "Twelve bookings are gone",
        "Twelve bookings of last week are no longer there. Please bring them back.",
        "They were deleted by a user of yours on Monday. We can restore them from the backup, for a quote.",
    ),
}
"""By technical service and language: subject, text, our answer."""
