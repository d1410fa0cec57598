"""What may be asked of privacy: ``from clea.privacy import services as privacy``."""

from clea.privacy.services.clock import overview, run
from clea.privacy.services.figures import K, add, anonymous, kept, put
from clea.privacy.services.lists import approve, cancel, keep, prepare, put_back, resume, seen

__all__ = [
    "K",
    "add",
    "anonymous",
    "approve",
    "cancel",
    "keep",
    "kept",
    "overview",
    "prepare",
    "put",
    "put_back",
    "resume",
    "run",
    "seen",
]
