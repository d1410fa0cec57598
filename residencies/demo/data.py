"""Who and what: every person, lodging and supplier here is invented; structures and dates are real."""

from __future__ import annotations

from datetime import date

#: One a residency, by the key of the artist's account: title, presentation, what comes to the catalogue.
RESIDENCIES: dict[str, tuple[str, str, str]] = {
    "briquet": (
        "Le dictionnaire des mots du fond",
        "Zélie Briquet recueille les mots qui restent du travail de la mine et ceux qui sont nés depuis, puis les "
        "fait sonner avec celles et ceux qui les prononcent.\n\nPas de livre à la fin : des lectures, des "
        "affichettes à coller, une collection de voix.",
        "Zélie Briquet gathers the words left by the mine and those born since, and has them heard with the people "
        "who speak them.",
    ),
    "houille": (
        "Fréquences basses",
        "Basile Houille écoute les lieux : ventilations, cours, parkings, terrils. Avec des équipes et des habitants, "
        "il en tire des paysages sonores que l'on traverse.",
        "Basile Houille listens to places, and turns them into soundscapes to walk through.",
    ),
    "rivelaine": (
        "Une scène à l'heure du goûter",
        "Romane Rivelaine écrit pour de petits plateaux : une table, une cage d'escalier, une salle d'attente. Les "
        "textes naissent de conversations et se jouent sur place.",
        "Romane Rivelaine writes for small stages: a table, a stairwell, a waiting room.",
    ),
    "wagonnet": (
        "Le petit musée qui roule",
        "Le Collectif Le Grand Wagonnet fabrique, avec des objets donnés, des théâtres de poche qui passent d'un "
        "quartier à l'autre. Chaque étape en ajoute un.",
        "Le Grand Wagonnet builds pocket theatres out of given objects; each stop adds one.",
    ),
    "gaillette": (
        "Marcher, tomber, se relever",
        "Aurore Gaillette part des gestes de chaque jour – porter, attendre, traverser – et compose avec les "
        "groupes des marches dansées, sans niveau requis.",
        "Aurore Gaillette starts from everyday gestures and composes danced walks, open to all.",
    ),
    "depeche": (
        "La gazette des petites nouvelles",
        "Edmée Dépêche, journaliste, apprend avec les groupes à vérifier, à choisir et à raconter : une nouvelle "
        "par jour, sur papier, au mur et à voix haute.",
        "Edmée Dépêche, a journalist, works on checking, choosing and telling: one small news item a day.",
    ),
}

#: Employers, where the artist is not paid directly.
EMPLOYERS = {"wagonnet": "Association Le Grand Wagonnet", "gaillette": "Les Pas de côté, bureau de production"}

FIRST_NAMES = (
    "Agathe Bertille Cyprien Donatien Élodie Firmine Gontran Hermance Isidore Joachim Ketty Ludivine Modeste Ninon "
    "Odilon Prudence Quitterie Rodrigue Sidonie Théodule Ursule Valmont Wilfrid Xénia Yseult Zéphyrin"
)
LAST_NAMES = (
    "Ardoise Bruyère Canal Chevalement Coron Craie Écluse Estaminet Fosse Gaillard Halage Jardinier Lampisterie "
    "Moulinette Noria Passerelle Peuplier Puits Quai Rucher Saule Terrilière Tuilerie Vannerie Wagon"
)
ROLES = ["médiation", "direction", "jeune public", "action culturelle", "accueil", "programmation"]

#: Team of the account structure1@demo.test.
FIRST_TEAM = "mediatheque-robert-cousin"
#: Named by nobody yet; or by one person only (rules.md 17).
NO_TEAM = {"dud-corner-cemetery-et-loos-memorial", "faculte-des-sports-universite-d-artois", "iut-de-lens"}
ONE_PERSON = {
    "bibliotheque-de-villers-au-bois",
    "mediatheque-municipale-d-hulluch",
    "espace-leon-delfosse",
    "centre-de-conservation-du-louvre",
}

#: Days of the week on which some do not receive: Monday is 0.
CLOSED_WEEKDAYS = {
    "louvre-lens": {1},
    "mediatheque-robert-cousin": {0},
    "mediatheque-la-source": {0},
    "mediatheque-emile-zola": {0, 3},
}
CLOSED_SPANS = [
    ("theatre-le-colisee", date(2027, 4, 19), date(2027, 4, 30), "Travaux de scène"),
    ("mediatheque-estaminet", date(2027, 2, 8), date(2027, 2, 12), "Inventaire"),
]

LODGINGS = [
    ("Maison de la rue des Lampistes", "12 rue des Lampistes", "lievin", "Bailleur social", 3),
    ("Appartement du quai", "3 quai des Péniches", "lens", "Ville", 2),
    ("Gîte de la Fosse 11", "Base 11/19, bâtiment des hôtes", "loos-en-gohelle", "Association d'accueil", 4),
]
INVENTORY = (
    "Cuisine : quatre chaises\nCuisine : vaisselle pour six\nChambre : lit double\nChambre : bureau\n"
    "Salon : canapé\nEntrée : deux jeux de clés"
)

#: Visits of the immersion: day of October 2026, from, to, title, structure, guide.
VISITS = [
    (
        5,
        "09:30",
        "11:30",
        "Accueil et tour du bassin minier",
        "pole-pays-d-art-et-d-histoire-de-la-communaute-d-agglomeration-de-lens-lievin",
        "la coordination",
    ),
    (
        5,
        "14:00",
        "16:00",
        "Les terrils jumeaux et la base 11/19",
        "culture-commune-scene-nationale-du-bassin-minier-du-pas-de-calais",
        "l'équipe de la scène nationale",
    ),
    (6, "09:30", "11:30", "Le musée et ses publics", "louvre-lens", "le service des publics"),
    (
        6,
        "14:00",
        "16:00",
        "Lire ensemble : le réseau des médiathèques",
        "mediatheque-robert-cousin",
        "l'équipe de la médiathèque",
    ),
    (8, "09:30", "11:30", "Une cité, son centre social", "centre-social-coeur-de-ville", "la direction"),
    (8, "14:00", "16:00", "Les cœurs ruraux", "mediatheque-de-souchez", "la coordination"),
    (9, "09:30", "11:30", "L'hôpital et la culture", "hopital-de-lens", "la référente culture"),
    (9, "14:00", "15:30", "Bilan de la semaine", "maison-de-l-art-et-de-la-communication", "la coordination"),
]

#: Kind, first name, last name, function, organisation, school districts by slug.
RELAYS = [
    (
        "inspector",
        "Ombeline",
        "Tableaunoir",
        "inspection de la circonscription de Lens",
        "Éducation nationale",
        ["lens"],
    ),
    (
        "inspector",
        "Fulgence",
        "Encrier",
        "inspection de la circonscription de Liévin",
        "Éducation nationale",
        ["lievin"],
    ),
    ("adviser", "Apolline", "Buvard", "conseil pédagogique arts et culture", "Éducation nationale", ["lens", "lievin"]),
    ("referent", "Gildas", "Brancard", "référence culture et santé", "Hôpital", []),
    ("association", "Mahaut", "Jardinage", "présidence", "Les Jardins du Crassier", []),
    ("head", "Tancrède", "Récré", "direction d'école", "École du Chevalement", ["lievin"]),
]

SUPPLIERS = [
    ("La Seconde Fosse", "avion", "bois, peinture, tissus", "mercredi et samedi, 10 h – 18 h"),
    ("Le Rebut magnifique", "harnes", "mobilier, papier, cartons", "du mardi au vendredi, 9 h – 17 h"),
    ("Récup' des Terrils", "loos-en-gohelle", "métal, câbles, petit matériel", "sur rendez-vous"),
]

#: Seasons before this software: season, commune, artist, life stage, sessions, people, precision.
PAST = [
    ("2024-2025", "lens", "Odilon Brasier", "school", 30, 620, "exact"),
    ("2024-2025", "mericourt", "Odilon Brasier", "general", 8, 240, "about"),
    ("2024-2025", "sallaumines", "Odilon Brasier", "school", 10, 215, "exact"),
    ("2024-2025", "vimy", "Les Filles du Halage", "out_of_school", 4, 40, "about"),
    ("2024-2025", "noyelles-sous-lens", "Les Filles du Halage", "school", 9, 190, "exact"),
    ("2024-2025", "loos-en-gohelle", "Les Filles du Halage", "general", 7, None, "exact"),
    ("2023-2024", "lens", "Compagnie Le Remblai", "school", 24, 510, "exact"),
    ("2023-2024", "harnes", "Compagnie Le Remblai", "general", 6, 350, "more_than"),
    ("2023-2024", "grenay", "Armand Lavoir", "general", 4, None, "exact"),
    ("2023-2024", "souchez", "Armand Lavoir", "professionals", 2, 18, "exact"),
]

#: What an activity may be, by kind: titles, life stage, public, category, people.
FORMS: dict[str, list[tuple[str, str, str, str, int]]] = {
    "encounter": [
        ("Première rencontre avec l'équipe", "professionals", "l'équipe de la structure", "professionals", 8),
        ("Goûter et conversation", "out_of_school", "un groupe d'habitantes et d'habitants", "adults", 14),
    ],
    "gesture": [
        ("Récolte dans le quartier", "out_of_school", "jeunes du secteur", "youth", 12),
        ("Trois matinées de fabrique", "school", "deux classes de CM1", "primary", 48),
        ("Fabrique des mercredis", "around_school", "enfants du centre de loisirs", "primary", 20),
        ("Écrire au mur", "school", "une classe de quatrième", "secondary", 26),
        ("Mains et voix", "out_of_school", "personnes accompagnées", "care", 10),
        ("Parents et tout-petits", "out_of_school", "familles de la crèche", "early", 16),
    ],
    "diffusion": [
        ("Petite forme à entendre", "general", "tout public", "general", 60),
        ("Exposition de passage", "general", "tout public", "general", 90),
    ],
    "restitution": [("Sortie de fabrique", "general", "familles et habitants", "families", 70)],
    "training": [
        ("Une journée pour les équipes", "professionals", "professionnels du territoire", "professionals", 15)
    ],
}
#: The order in which kinds come back over a season.
TURN = ["encounter", "gesture", "gesture", "diffusion", "gesture", "gesture", "training", "gesture", "restitution"]

HOPES = [
    "Que nos usagers rencontrent quelqu'un qui crée, et reviennent.",
    "Un temps avec les familles, qui viennent peu.",
    "Travailler la parole sans l'écrit d'abord.",
    "Sortir des murs : la cour, la place, l'arrêt de bus.",
    "Faire se croiser deux groupes qui s'ignorent.",
]

#: What the coordination answers to a warning that it may pass over; any other makes it look for another date.
REASONS = {
    "no_team": "Une seule personne pour le moment ; la direction nomme la seconde avant la première séance.",
    "not_contracted": "L'employeur signe cette semaine ; la date est prise sous réserve.",
}
