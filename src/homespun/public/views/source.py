"""The program's own source, as it runs here: what section 13 of its licence owes to everybody who uses it over a network."""

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

import homespun

PACKAGE = Path(homespun.__file__).parent
WRITTEN = {".py", ".html", ".css", ".js", ".svg", ".txt", ".po", ".json"}  # by people; never what lies beside it by accident
FETCHED = PACKAGE / "core" / "static" / "parts"


@login_not_required
@require_safe
def source(request: HttpRequest) -> HttpResponse:
    name = f"homespun-{homespun.__version__}"
    response = HttpResponse(packed(name), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


@cache
def packed(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PACKAGE.rglob("*")):
            if path.suffix in WRITTEN and FETCHED not in path.parents:
                archive.write(path, f"{name}/homespun/{path.relative_to(PACKAGE)}")
    return out.getvalue()
