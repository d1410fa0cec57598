"""Where private files are kept, said in one variable: ``STORAGE_URL``. Read by the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL = "clea.documents.storages.LocalStorage"
OBJECTS = "clea.documents.object_storage.ObjectStorage"
HINT = (
    "STORAGE_URL must be file:///folder or s3://KEY:SECRET@host:port/bucket?region=…&ssl=…&prefix=…, "
    "with / + @ : of the secret written %2F %2B %40 %3A."
)
_YES_OR_NO = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_ADDRESSING = ("path", "virtual")


def parse(url: str, *, default: Path) -> tuple[Path, dict[str, Any]]:
    """The folder of local files, and Django's description of the storage.

    Raises ``ImproperlyConfigured``, which never repeats the address: it holds a secret.
    """
    if not url:
        return default, {"BACKEND": LOCAL}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(HINT) from None
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if parts.netloc or parts.query or not path.is_absolute() or path == Path("/"):
            raise ImproperlyConfigured(HINT)
        return path, {"BACKEND": LOCAL}
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not (parts.username and parts.password and parts.hostname and bucket) or "/" in bucket:
        raise ImproperlyConfigured(HINT)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    ssl, addressing = asked.pop("ssl", "true").lower(), asked.pop("addressing", "path")
    region, prefix = asked.pop("region", "us-east-1"), asked.pop("prefix", "").strip("/")
    if asked or ssl not in _YES_OR_NO or addressing not in _ADDRESSING:
        raise ImproperlyConfigured(f"{HINT} Besides, addressing=path or virtual.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    scheme = "https" if _YES_OR_NO[ssl] else "http"
    options = {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{scheme}://{host}{f':{port}' if port else ''}",
        "bucket_name": bucket,
        "region_name": region,
        "location": prefix,
        "addressing_style": addressing,
    }
    return default, {"BACKEND": OBJECTS, "OPTIONS": options}
