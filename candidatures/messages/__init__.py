"""The messages this app sends and the verbs of its journal, one module a subject."""

from candidatures.messages import anonymity, choosing, dossier, interviews, jury, letters, reading, retention, sessions

_SUBJECTS = (dossier, jury, reading, anonymity, interviews, choosing, sessions, letters, retention)

KINDS = tuple(kind for subject in _SUBJECTS for kind in subject.KINDS)
VERBS = {verb: label for subject in _SUBJECTS for verb, label in subject.VERBS.items()}
