"""Who may do what, and when. The dossier's own rules are here; the jury's are in modules of their own."""

from candidatures.rules.dossier import (
    Access,
    can_answer_request,
    can_check,
    can_edit,
    can_file,
    can_publish,
    can_receive,
    can_request_piece,
    can_share,
    can_start,
    can_transition,
    can_unpublish,
    can_withdraw,
    phase_sentence,
    role_access,
    withdrawn_state,
)

__all__ = [
    "Access",
    "can_answer_request",
    "can_check",
    "can_edit",
    "can_file",
    "can_publish",
    "can_receive",
    "can_request_piece",
    "can_share",
    "can_start",
    "can_transition",
    "can_unpublish",
    "can_withdraw",
    "phase_sentence",
    "role_access",
    "withdrawn_state",
]
