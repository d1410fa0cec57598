"""/candidatures/…: one's own dossiers."""

from django.urls import path

from candidatures.urls import jury_interviews, jury_offers
from candidatures.views import collaborators, dossier, filing, pieces

app_name = "applications"

urlpatterns = [
    path("", dossier.own_list, name="list"),
    path("invitations/<str:token>/", collaborators.invitation, name="invitation"),
    path("<uuid:uuid>/", dossier.detail, name="detail"),
    path("<uuid:uuid>/verifier/", filing.review, name="review"),
    path("<uuid:uuid>/deposer/", filing.file, name="file"),
    path("<uuid:uuid>/retirer/", filing.withdraw, name="withdraw"),
    path("<uuid:uuid>/contact/", filing.stay_in_touch, name="stay_in_touch"),
    path("<uuid:uuid>/depots/<slug:number>/", filing.deposit, name="deposit"),
    path("<uuid:uuid>/depots/<slug:number>/dossier.pdf", filing.assembled, name="assembled"),
    path("<uuid:uuid>/depots/<slug:number>/accuse.pdf", filing.receipt, name="receipt"),
    path("<uuid:uuid>/demandes/<uuid:request_uuid>/", filing.answer_request, name="request"),
    path("<uuid:uuid>/equipe/", collaborators.team, name="team"),
    path("<uuid:uuid>/equipe/inviter/", collaborators.invite, name="invite"),
    path("<uuid:uuid>/equipe/invitations/<uuid:invitation_uuid>/annuler/", collaborators.revoke, name="revoke"),
    path("<uuid:uuid>/equipe/<uuid:user_uuid>/droit/", collaborators.change_role, name="change_role"),
    path("<uuid:uuid>/equipe/<uuid:user_uuid>/retirer/", collaborators.remove, name="remove_collaborator"),
    path("<uuid:uuid>/pieces/<slug:code>/envoyer/", pieces.upload, name="upload"),
    path("<uuid:uuid>/pieces/<slug:code>/retirer/", pieces.remove, name="remove_piece"),
    *jury_interviews.applicant,
    *jury_offers.applicant,
    path("<uuid:uuid>/<slug:key>/", dossier.section, name="section"),
]
