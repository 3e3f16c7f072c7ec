// The map of the register over Leaflet. Without it the drawn map (SVG) of the server stays; the list beside it always
// shows the same rows. The server decides what is sent: single houses, or counted cells where there are many.

const PRESSURE = ["nicht bewertet", "Druck gering", "Druck mittel", "Druck hoch"];

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function icon(className, size, text) {
  const mark = element("div", `soe-mark ${className}`);
  mark.style.inlineSize = mark.style.blockSize = `${size}px`;
  mark.append(element("span", "", text));
  return L.divIcon({ html: mark, className: "", iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
}

function popup(point) {
  const box = element("div");
  const head = element("p");
  const link = element("a", "soe-strong", point.title);
  link.href = point.url;
  head.append(link);
  box.append(
    head,
    element("p", "soe-small soe-muted", [point.number, point.district].filter(Boolean).join(" · ")),
    element("p", "", `Ampel: ${point.light}`),
    element("p", "", `Dringlichkeit: ${point.score} von 100 Punkten`),
    element("p", "", `Stufe: ${point.stage_text}`),
    element("p", point.late ? "soe-due--late" : "", [point.next, point.due && `fällig ${point.due}`].filter(Boolean).join(", ")),
  );
  return box;
}

function house(point) {
  const words = `${point.number} ${point.title}, ${PRESSURE[point.pressure]}, ${point.stage_text}${point.late ? ", überfällig" : ""}`;
  const marker = L.marker(point.at, {
    icon: icon(`soe-mark--${point.pressure}${point.late ? " soe-mark--late" : ""}`, 28, point.stage ? String(point.stage) : "–"),
    title: words,
    alt: words,
  });
  return marker.bindPopup(() => popup(point));
}

function circle(count, at) {
  const size = count < 10 ? 36 : count < 100 ? 42 : 50;
  const words = `${count.toLocaleString("de-DE")} Objekte, hier vergrößern`;
  return { icon: icon("soe-mark--many", size, count.toLocaleString("de-DE")), title: words, alt: words, at };
}

function script(address) {
  return new Promise((done, failed) => {
    const node = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed });
    document.head.append(node);
  });
}

async function vectorTiles(map, data) {
  window.maplibregl = await import(data.maplibre);
  await script(data.maplibreLayer);
  L.maplibreGL({ style: data.styleUrl, attributionControl: false }).addTo(map);
}

function background(map, data) {
  if (data.wmsUrl) {
    L.tileLayer.wms(data.wmsUrl, {
      layers: data.wmsLayers,
      format: "image/png",
      transparent: true,
      maxZoom: 20,
      attribution: data.attribution,
    }).addTo(map);
  } else if (data.styleUrl) {
    map.attributionControl?.addAttribution(data.attribution);
    vectorTiles(map, data).catch(() => {}); // without WebGL or network the map goes on without a ground
  }
}

async function districts(map, url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  L.geoJSON(await answer.json(), {
    interactive: false,
    style: { className: "soe-district", fill: false },
    onEachFeature: (feature, layer) => {
      const area = layer.getBounds(); // above the outline, where no sign covers it
      L.tooltip([area.getNorth(), area.getCenter().lng], {
        content: feature.properties.name,
        permanent: true,
        direction: "top",
        className: "soe-districtname",
      }).addTo(map);
    },
  }).addTo(map);
}

export async function registerMap() {
  const box = document.querySelector("[data-livemap]");
  if (!box || !window.L) return;
  const drawn = document.querySelector("[data-drawnmap]");
  const status = document.querySelector("[data-mapstatus]");
  box.hidden = false;
  const map = L.map(box, { zoomSnap: 0.5, maxZoom: 20, minZoom: 8, zoomControl: false, attributionControl: Boolean(box.dataset.attribution) });
  L.control.zoom({ zoomInTitle: "Vergrößern", zoomOutTitle: "Verkleinern" }).addTo(map);
  map.attributionControl?.setPrefix(false);
  background(map, box.dataset);

  const gathered = L.markerClusterGroup({
    chunkedLoading: true,
    maxClusterRadius: 64,
    showCoverageOnHover: false,
    animate: false,
    iconCreateFunction: (group) => {
      const made = circle(group.getChildCount());
      group.options.title = made.title;
      group.options.alt = made.alt;
      return made.icon;
    },
  });
  const counted = L.layerGroup();
  let turn = 0;

  async function draw(address) {
    const mine = ++turn;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    if (mine !== turn) return null; // a later move asked again
    gathered.clearLayers();
    counted.clearLayers();
    (data.clustered ? counted : gathered).addTo(map);
    const markers = data.points.map(house);
    if (data.clustered) {
      markers.forEach((marker) => counted.addLayer(marker));
      data.cells.forEach((cell) => {
        const made = circle(cell.count, cell.at);
        L.marker(cell.at, made).on("click keypress", () => map.setView(cell.at, map.getZoom() + 2)).addTo(counted);
      });
    } else {
      gathered.addLayers(markers);
    }
    return data;
  }

  const base = new URL(box.dataset.livemap, location.href);
  try {
    map.setView([51.54, 7.21], 12);
    const first = await draw(base);
    if (!first) return;
    if (first.bounds) map.fitBounds(first.bounds, { padding: [24, 24], maxZoom: 16, animate: false });
    if (status && first.missing) status.textContent = `${first.missing.toLocaleString("de-DE")} Objekte haben keine Lage und fehlen auf der Karte.`;
    if (first.clustered) {
      const again = () => {
        const view = map.getBounds().pad(0.2);
        base.searchParams.set("ausschnitt", [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((n) => n.toFixed(5)).join(","));
        base.searchParams.set("zoom", map.getZoom());
        draw(base).catch(() => {});
      };
      map.on("moveend", again);
      again();
    }
    drawn?.toggleAttribute("hidden", true); // an SVG has no property of that name
    if (box.dataset.districts) districts(map, box.dataset.districts).catch(() => {});
  } catch {
    // No answer: the drawn map of the server stays.
    box.hidden = true;
    drawn?.toggleAttribute("hidden", false);
  }
}
