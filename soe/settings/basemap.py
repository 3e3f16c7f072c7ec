"""The ground of the map: none (the default), a WMS, or vector tiles by a MapLibre style. The content policy follows."""

from urllib.parse import urlsplit

import environ

env = environ.Env()

SOE_BASEMAP = {
    "wms_url": env("SOE_MAP_WMS_URL", default=""),
    "wms_layers": env("SOE_MAP_WMS_LAYERS", default=""),
    "style_url": env("SOE_MAP_STYLE_URL", default=""),
    "attribution": env("SOE_MAP_ATTRIBUTION", default=""),
}
# Further hosts that a style loads tiles, fonts and symbols from.
SOE_MAP_HOSTS = env.list("SOE_MAP_HOSTS", default=[])


def origin(url):
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def policy(csp):
    """The content security policy with the hosts of the base map, and with nothing more when there is none."""
    origins = [origin(SOE_BASEMAP["wms_url"]), origin(SOE_BASEMAP["style_url"]), *SOE_MAP_HOSTS]
    hosts = [host for host in dict.fromkeys(origins) if host]
    if not hosts:
        return csp
    own = csp["default-src"]
    return {
        **csp,
        "img-src": [*csp["img-src"], "blob:", *hosts],
        "connect-src": [*csp.get("connect-src", own), *hosts],
    }
