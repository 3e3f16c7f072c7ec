"""/ogc/ for GIS programs; the register's list as GeoJSON; what the map of the list asks."""

import json
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from soe.audit.events import Kind, log_security
from soe.web import rights
from soe.web.access.auth import KeyMixin
from soe.web.policy import Policy
from soe.web.views.base import SAFE, RequestMixin, ScopedMixin

from ..register.filters import PropertyFilterSet
from ..register.models import Property
from . import cells, ogc
from .features import CRS84, LAYERS, PROPERTIES, UTM32
from .models import DistrictOutline

GEOJSON = "application/geo+json"
ALL = frozenset().union(*(layer.model.scope.rule("view").permissions for layer in LAYERS.values()))


class OgcView(KeyMixin, RequestMixin, View):
    """Shared by all pages of the API: who asks, links, errors as problem+json. 403 without any readable layer."""

    names_layer = False  # True: the address names a collection, which may be out of reach (404)

    @classmethod
    def policy(cls):
        return Policy(permissions=ALL, methods=("GET",), api=True, rows=cls.names_layer)

    def check_access(self):
        if not self.layers():
            raise PermissionDenied

    def layers(self):
        return [layer for layer in LAYERS.values() if rights.may(self.request, layer.model, "view")]

    def layer(self):
        for layer in self.layers():
            if layer.slug == self.kwargs["slug"]:
                return layer
        raise Http404

    def dispatch(self, request, *args, **kwargs):
        if request.method not in SAFE:
            return self.problem(405, "Hier wird nur gelesen.")
        try:
            return super().dispatch(request, *args, **kwargs)
        except PermissionDenied:
            return self.problem(403, "Dieses Konto darf das Kataster nicht lesen.")
        except Http404:
            return self.problem(404, "Das gibt es hier nicht.")
        except ogc.BadQuery as error:
            return self.problem(400, str(error))

    def problem(self, status, title):
        return JsonResponse(
            {"title": title, "status": status},
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )

    def answer(self, data, content_type="application/json", **headers):
        return JsonResponse(
            data,
            content_type=content_type,
            json_dumps_params={"ensure_ascii": False},
            headers=headers,
        )

    def url(self, name, *args):
        return self.request.build_absolute_uri(reverse(f"objects:{name}", args=args))

    def link(self, rel, href, kind="application/json", title=""):
        return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


class LandingView(OgcView):
    """Where a program starts."""

    def get(self, request):
        return self.answer(
            {
                "title": f"SOE {settings.SOE_CITY}: Kataster",
                "description": "Nur, was dieser Zugang sehen darf.",
                "links": [
                    self.link("self", self.url("ogc_landing")),
                    self.link(
                        "service-desc",
                        self.url("ogc_openapi"),
                        "application/vnd.oai.openapi+json;version=3.0",
                    ),
                    self.link("conformance", self.url("ogc_conformance")),
                    self.link("data", self.url("ogc_collections")),
                ],
            }
        )


class OpenApiView(OgcView):
    """What the service offers, for programs."""

    def get(self, request):
        base = self.url("ogc_landing").rstrip("/")
        return self.answer(
            ogc.openapi(f"SOE {settings.SOE_CITY}", base, self.layers()),
            "application/vnd.oai.openapi+json;version=3.0",
        )


class ConformanceView(OgcView):
    """Which parts of the standard are kept."""

    def get(self, request):
        return self.answer({"conformsTo": ogc.CONFORMS})


class CollectionsView(OgcView):
    """The kinds of features this account may read."""

    def get(self, request):
        return self.answer(
            {
                "links": [self.link("self", self.url("ogc_collections"))],
                "crs": list(ogc.CRS),
                "collections": [self.describe(layer) for layer in self.layers()],
            }
        )

    def describe(self, layer):
        return {
            "id": layer.slug,
            "title": layer.title,
            "description": layer.text,
            "itemType": "feature",
            "crs": list(ogc.CRS),
            "storageCrs": UTM32,
            "links": [
                self.link("self", self.url("ogc_collection", layer.slug)),
                self.link("items", self.url("ogc_items", layer.slug), GEOJSON, layer.title),
            ],
        }


class CollectionView(CollectionsView):
    """One kind of feature."""

    names_layer = True

    def get(self, request, slug):
        return self.answer(self.describe(self.layer()))


class ItemsView(OgcView):
    """The features of one kind, page by page; the next page goes on behind the last key of this one."""

    names_layer = True

    def get(self, request, slug):
        layer = self.layer()
        query = ogc.read(request.GET, layer)
        found = ogc.matching(layer.rows(request.user), layer, query)
        rows = found.filter(pk__gt=query.after) if query.after else found
        features = list(layer.features(rows[: query.limit + 1], crs=query.crs, link=self.page_of(layer)))
        more = len(features) > query.limit
        features = features[: query.limit]
        if query.after is None:
            log_security(Kind.EXPORT, detail=f"OGC API, {layer.slug}", model=layer.model)
        links = [self.link("self", request.build_absolute_uri(), GEOJSON)]
        if more:
            onward = {**request.GET.dict(), "after": features[-1]["id"]}
            links.append(self.link("next", f"{self.url('ogc_items', slug)}?{urlencode(onward)}", GEOJSON))
        return self.answer(
            {
                "type": "FeatureCollection",
                "timeStamp": timezone.now().isoformat(),
                "numberMatched": found.order_by().count(),
                "numberReturned": len(features),
                "features": features,
                "links": links,
            },
            GEOJSON,
            **{"Content-Crs": f"<{query.crs}>"},
        )

    def page_of(self, layer):
        return lambda pk: self.url(layer.url_name.removeprefix("objects:"), pk)


class ItemView(ItemsView):
    """One feature of one kind; 404 when it is out of reach."""

    def get(self, request, slug, pk):
        layer = self.layer()
        if unknown := set(request.GET) - {"crs", "f"}:
            raise ogc.BadQuery(f"Unbekannter Parameter: {', '.join(sorted(unknown))}.")
        query = ogc.read(request.GET, layer)
        rows = layer.rows(request.user).filter(pk=pk)
        feature = next(layer.features(rows, crs=query.crs, link=self.page_of(layer)), None)
        if feature is None:
            raise Http404
        feature["links"] = [
            self.link("self", self.url("ogc_item", slug, pk), GEOJSON),
            self.link("collection", self.url("ogc_collection", slug)),
        ]
        return self.answer(feature, GEOJSON, **{"Content-Crs": f"<{query.crs}>"})


class FilteredProperties(ScopedMixin, View):
    """The rows of the register's list, by the same filters and rights, for answers that are no page."""

    queryset = Property.objects.filter(summary__isnull=False)

    @classmethod
    def policy_rows(cls):
        return False

    def rows(self):
        """A broken filter value shows nothing instead of everything, as in the list."""
        found = PropertyFilterSet(
            self.request.GET,
            self.get_queryset(),
            request=self.request,
            hidden=self.hidden,
            codes=rights.codes(self.request),
        )
        return found.qs.order_by() if found.is_valid() else found.queryset.none()


class PropertyGeoJsonView(FilteredProperties):
    """The filtered list as GeoJSON (RFC 7946): every row that the list has, whatever its page shows."""

    def get(self, request, *args, **kwargs):
        rows = self.rows().order_by("serial")
        log_security(Kind.EXPORT, detail="GeoJSON", model=self.model)
        response = StreamingHttpResponse(self.stream(rows), content_type=GEOJSON)
        response.headers["Content-Disposition"] = 'attachment; filename="objekte.geojson"'
        return response

    def stream(self, rows):
        def page(pk):
            return self.request.build_absolute_uri(reverse("objects:property", args=[pk]))

        yield '{"type": "FeatureCollection", "features": [\n'
        for place, feature in enumerate(PROPERTIES.features(rows, crs=CRS84, link=page)):
            yield (",\n" if place else "") + json.dumps(feature, ensure_ascii=False)
        yield "\n]}\n"


class DistrictOutlinesView(ScopedMixin, View):
    """The boundaries that the map draws below its signs."""

    queryset = DistrictOutline.objects.all()

    @classmethod
    def policy_rows(cls):
        return False

    def get(self, request, *args, **kwargs):
        features = [
            {"type": "Feature", "geometry": row.geometry, "properties": {"name": row.name}}
            for row in self.get_queryset()
        ]
        return JsonResponse({"type": "FeatureCollection", "features": features})


class PropertyMapView(FilteredProperties):
    """What the map of the list draws: single houses, or circles with numbers where there are many."""

    def get(self, request, *args, **kwargs):
        return JsonResponse(cells.shown(self.rows(), request.GET))
