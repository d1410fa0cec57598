"""The messages this app sends and the verbs of its journal, one module a subject."""

from residencies.messages import activities, calendar, coverage, events, opening, papers, requests, welcome

_SUBJECTS = (opening, welcome, calendar, requests, activities, papers, coverage, events)

KINDS = tuple(kind for subject in _SUBJECTS for kind in subject.KINDS)
VERBS = {verb: label for subject in _SUBJECTS for verb, label in subject.VERBS.items()}
