"""Fetch the locked front-end packages and lay the few files that pages need into static/vendor (not in git).

Standard library only: it runs before anything is installed. A second run with an unchanged lock does nothing.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
STAMP = TARGET / "stamp.txt"

FILES = {
    "kern/kern.min.css": "@kern-ux/native/dist/kern.min.css",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/images": "leaflet/dist/images",
    "markercluster/MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "markercluster/MarkerCluster.Default.css": "leaflet.markercluster/dist/MarkerCluster.Default.css",
    "markercluster/leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    # Only loaded where a base map of vector tiles is set.
    "maplibre/maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "maplibre/maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre/maplibre-gl-shared.mjs": "maplibre-gl/dist/maplibre-gl-shared.mjs",
    "maplibre/maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre/leaflet-maplibre-gl.js": "@maplibre/maplibre-gl-leaflet/leaflet-maplibre-gl.js",
}
# The weights that KERN and our stylesheet use; the package ships 66 files.
FONTS = [
    ("Regular", 400, "normal"),
    ("Italic", 400, "italic"),
    ("Medium", 500, "normal"),
    ("SemiBold", 600, "normal"),
]
FONT_SOURCE = "@kern-ux/native/dist/fonts/fira-sans"
SOURCE_MAP = re.compile(rb"(?m)^\s*(//|/\*)[#@]\s*sourceMappingURL=.*$")


def fingerprint():
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def npm(uv):
    """npm of this machine, or the one that a locked PyPI package brings along."""
    if shutil.which("npm"):
        return ["npm"]
    return [*uv, "run", "--isolated", "--frozen", "--only-group", "frontend", "npm"]


def fetch(uv):
    command = [*npm(uv), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        subprocess.run(command, cwd=ROOT, check=True)
    except (subprocess.CalledProcessError, OSError):
        sys.exit("Die Oberflächen-Pakete ließen sich nicht laden (npm ci). Ist der Paketspiegel erreichbar?")


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
        return
    # The maps are not served: a browser would ask for them, and manifest storage refuses to start without them.
    data = source.read_bytes()
    target.write_bytes(SOURCE_MAP.sub(b"", data) if source.suffix in (".css", ".js") else data)


def copy_fonts():
    faces = []
    for name, weight, style in FONTS:
        file = f"FiraSans-{name}.woff2"
        copy(MODULES / FONT_SOURCE / file, TARGET / "kern" / "fonts" / "fira-sans" / file)
        faces.append(
            f'@font-face {{ font-family: "Fira Sans"; src: url("fira-sans/{file}") format("woff2"); '
            f"font-weight: {weight}; font-style: {style}; font-display: swap; }}\n"
        )
    (TARGET / "kern" / "fonts" / "fira-sans.css").write_text("".join(faces))


def main(uv=("uv",)):
    if STAMP.exists() and STAMP.read_text() == fingerprint() and MODULES.exists():
        return
    fetch(uv)
    shutil.rmtree(TARGET, ignore_errors=True)
    for target, source in FILES.items():
        copy(MODULES / source, TARGET / target)
    copy_fonts()
    STAMP.write_text(fingerprint())
    print(f"Oberflächen-Pakete liegen in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
