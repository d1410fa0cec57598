from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "clea.documents"
    label = "documents"
    verbose_name = _("fichiers")

    def ready(self) -> None:
        from clea.journal import verbs

        verbs.register({"file.read": _("fichier lu"), "file.discarded": _("fichier supprimé")})
