"""The texts a territory starts from. Theirs to rewrite: nothing in the code relies on what they say.

Facts of the call of 2026-2027 (rules.md 9-20), in our own words; amounts and dates are placeholders.
"""

from __future__ import annotations

CONTRACT_NAME = "Contrat de résidence-mission"
CONTRACT_TITLE = "Contrat de résidence-mission"
CONTRACT = """\
## Objet

Ce contrat lie {{ territoire }}, ci-après « la collectivité », et {{ artiste }}, ci-après « l'artiste », pour une \
résidence-mission menée pendant la saison {{ saison }}. Il fixe les engagements de chaque partie.

- Nature de la résidence : {{ nature }}
- Personnes présentes : {{ artistes }}
- Structure employeuse : {{ employeur }}
- Service en charge : {{ coordonnees }}

## Ce qu'est une résidence-mission

L'artiste se rend disponible pour rencontrer des équipes de professionnels de l'enseignement, de la culture, du \
social, de la santé ou de l'animation, et pour imaginer avec elles des **gestes artistiques** au bénéfice des \
habitants qu'elles accompagnent. Ces gestes naissent de sa démarche et se construisent à plusieurs : ils ne se \
confondent pas avec des ateliers de pratique.

L'artiste donne aussi à voir ses œuvres déjà créées, sous des formes légères, dans des lieux dédiés ou non, pendant \
la résidence et, si les deux parties le souhaitent, avant ou après elle.

La résidence ne comporte **ni production, ni commande d'œuvre**. Rien de ce qui naît des gestes artistiques n'est dû \
à la collectivité comme une œuvre achevée.

## Calendrier et présence

{{ periodes }}

L'artiste doit **{{ jours }} jours** de présence. Le décompte qui fait foi est celui-ci : {{ decompte }}. Sur ces \
périodes, on compte {{ jours_semaine }} jours de semaine et {{ jours_ouvres }} jours ouvrés ; les jours fériés \
concernés sont : {{ feries }}.

Pendant ces dates, l'artiste se consacre à la résidence. Une absence est signalée à la collectivité dès qu'elle est \
connue, et les deux parties conviennent de la façon de la rattraper.

## Engagements de l'artiste

- Rencontrer au moins **{{ structures }} structures différentes**, chacune représentée par une équipe et non par une \
seule personne.
- Écrire chaque activité avec l'équipe qui l'accueille ; chacune fait l'objet d'une convention, signée avant la \
première séance.
- Parler français avec les publics et les équipes.
- Se déplacer par ses propres moyens : l'artiste dispose d'un véhicule et d'un permis de conduire en cours de validité.
- Préférer le réemploi, l'emprunt et les fournisseurs locaux de seconde main aux achats neufs.
- Confirmer après chaque séance ce qui a eu lieu, et prendre part au bilan de la saison.

## Engagements de la collectivité

- Guider l'artiste dans sa découverte du territoire et de ses équipes.
- Veiller à de bonnes conditions de séjour et de travail.
- Organiser techniquement la résidence avec les communes, les structures culturelles et associatives et les \
établissements scolaires.
- Faire connaître les œuvres et les gestes de l'artiste le plus largement possible sur le territoire.
- Faciliter les liens avec l'inspection, les directions, les référents et les associations.
- Informer les structures et les habitants, suivre la relation avec la presse.
- Assurer l'administration et les paiements.

## Rémunération

L'artiste reçoit une allocation nette de **{{ allocation }}**, répartie sur {{ mois }} mois. Le coût total pour \
l'employeur, toutes charges comprises, ne dépasse pas {{ plafond }}.

Le régime général est le cadre habituel. Quand la diffusion d'œuvres s'y prête, une part peut être versée en \
cachets, dans la limite de {{ cachets }} de la mission et de la rémunération totale. Pour les artistes-auteurs, une \
part peut être versée en droits d'auteur, dans la limite de {{ droits_auteur }} du montant brut.

Cette allocation couvre toute la mission : rencontres, gestes artistiques et diffusion.

## Logement, voyages et déplacements

- Logement : {{ logement }}.
- Déplacements sur le territoire : un forfait net de {{ forfait }}.
- Voyages entre le domicile et le territoire : {{ voyages }} allers-retours, remboursés sur justificatifs au tarif de \
la seconde classe en France métropolitaine, ou selon le barème suivant : {{ bareme }}.

Les autres voyages et les repas restent à la charge de l'artiste.

## Droit à l'image et communication

L'artiste autorise la collectivité à montrer des images de la résidence et à citer son nom pour faire connaître \
celle-ci et en dresser le bilan, sans usage commercial. Les images où figurent d'autres personnes, en particulier \
des mineurs, ne sont prises et montrées qu'avec leur accord écrit, ou celui de leurs responsables. Toute autre \
utilisation d'une œuvre de l'artiste demande son accord préalable.

## Assurances et données personnelles

Chaque partie est assurée pour sa responsabilité. La collectivité ne conserve que les données nécessaires à ce \
contrat, pendant sa durée et celle des obligations qui en découlent ; l'artiste peut y accéder et les faire corriger.

## Modification et fin du contrat

Toute modification se fait par écrit, dans une nouvelle édition signée des parties. En cas d'empêchement, les \
parties cherchent d'abord une solution ensemble ; à défaut, le contrat prend fin un mois après une lettre motivée, et \
les jours accomplis sont payés à proportion.
"""

AGREEMENT_NAME = "Convention d'activité"
AGREEMENT_TITLE = "Convention d'activité"
AGREEMENT = """\
## Objet

Cette convention précise ce que {{ artistes }} et les structures ci-dessous mènent ensemble pendant la saison \
{{ saison }}, dans le cadre du contrat local d'éducation artistique.

- Collectivité : {{ territoire }}
- Activité : **{{ titre }}** ({{ nature }})
- Public : {{ public }}
- Temps de vie : {{ temps_de_vie }}

## Les équipes

{{ equipes }}

Les membres de l'équipe sont présents à chaque séance et gardent la responsabilité du public qu'ils accompagnent.

## L'intention

{{ intention }}

L'activité est construite par l'artiste et l'équipe. Elle n'est ni une production, ni une commande d'œuvre.

## Les séances

{{ seances }}

Une séance qui doit être déplacée l'est d'un commun accord, dès que possible ; la coordination en est informée.

## Ce qu'il faut

**Besoins.** {{ besoins }}

**Réemploi.** {{ reemploi }}

## Qui prend quoi en charge

La collectivité rémunère l'artiste et prend en charge ses déplacements. L'artiste ne demande rien à la structure \
ni au public. La structure met à disposition le lieu, l'accueil et le temps de son équipe.

## Image et données

Aucune image d'une personne reconnaissable n'est prise ni montrée sans son accord écrit, ou celui de ses \
responsables pour un mineur. La structure recueille ces accords et les garde.

## Après les séances

L'artiste et la structure confirment chacun ce qui a eu lieu et le nombre de personnes présentes. Un court bilan est \
écrit à la fin de l'activité.

Contact de la coordination : {{ coordonnees }}.
"""
