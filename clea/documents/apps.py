from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "clea.documents"
    label = "documents"
    verbose_name = _("fichiers")

    def ready(self) -> None:
        from clea import rounds
        from clea.documents import desk, scanner
        from clea.documents.models import StoredFile
        from clea.documents.services import scanning
        from clea.journal import changes, verbs
        from clea.ui import desk as desk_home
        from clea.ui import health, navigation

        verbs.register(
            {
                "file.read": _("fichier lu"),
                "file.discarded": _("fichier supprimé"),
                "file.held": _("fichier retenu par l'antivirus"),
                "file.cleared": _("fichier jugé sain par l'antivirus"),
                "file.released": _("fichier libéré malgré l'antivirus"),
            }
        )
        # A file just written shows nothing before a row names it; one judged or taken away may leave a page.
        changes.unseen(StoredFile, but="^(UPDATE|DELETE)")
        rounds.register("antivirus", scanning.scan_due)
        health.register("scanner", scanner.health)
        desk_home.register(desk.items, "settings")
        navigation.register(
            "settings",
            _("Réglages"),
            90,
            navigation.Link("admin:documents_heldfile_changelist", _("Fichiers retenus")),
        )
