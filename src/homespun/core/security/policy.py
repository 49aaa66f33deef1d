"""The Content-Security-Policy of every page. No inline script, no inline style, nothing from elsewhere.

A page that shows films once a visitor asks adds their hosts to `frame-src` for its own answer. The editor's import map is let
in by its hash, on the pages that have an editor.
"""

from csp.constants import NONE, SELF

POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
FILE_POLICY = "default-src 'none'; sandbox"  # of a file that somebody brought
FEATURES = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES.split())
