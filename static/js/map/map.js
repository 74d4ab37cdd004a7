// data-module="map": a live map in the element that the macro `map` wrote. Others reach it by mapOf(element),
// once it has drawn; the element itself hears "lit" and "go" (a P-code or null) and says "pointed" (the same).

import { Map as MapLibre } from 'maplibre-gl';

import { query, readView, writeView } from '../state.js';
import { baseSources, borderLayers, groundLayers, labelLayers, world } from './base.js';
import { changeLayers } from './changes.js';
import { contextGround, contextMarks, contextSources } from './context.js';
import { addHatch, hazardLayers, hazardSources } from './hazard.js';
import { linkAreas } from './link.js';
import { peopleLayers, peopleSources } from './people.js';
import { plotLayers, plotSources } from './plots.js';
import { cameraOf, paddingOf } from './room.js';
import { markAreas, selectionFills, selectionLines, selectionSources } from './selection.js';
import { settingsOf, wordsOf } from './settings.js';
import { startTable, startTools } from './tools.js';
import { onSchemeChange, palette } from './tokens.js';
import { showWithout } from './without.js';

const FACES = ['500 16px "Map Medium"', '600 16px "Map Semibold"'];
const SETTLED = 250; // ms without a move before the address is written
const drawn = new WeakMap();

/** The drawn map of an element: {map, settings, words}. Waits until it is there; null without WebGL. */
export function mapOf(element) {
  if (!drawn.has(element)) {
    let tell;
    const promise = new Promise((resolve) => (tell = resolve));
    drawn.set(element, { promise, tell });
  }
  return drawn.get(element).promise;
}

export async function start(element) {
  mapOf(element);
  const tell = (result) => drawn.get(element).tell(result);
  const settings = settingsOf(element);
  const words = wordsOf(element);
  startTable(element);
  const [countries] = await Promise.all([world(), loadFaces(words)]);
  const map = open(element, settings, words);
  if (!map) {
    showWithout(element, settings, words);
    return tell(null);
  }
  map.once('load', () => {
    dress(map, settings, countries);
    linkAreas(element, map, settings);
    if (settings.in_address) keepView(map);
    addEventListener('beforeprint', () => map.redraw()); // paper gets what the screen shows
    map.once('idle', () => (element.dataset.ready = 'true'));
    tell({ map, settings, words });
  });
  startTools(element, map, settings, words); // what its panel hides is drawn by then
}

function loadFaces(words) {
  const sample = Object.values(words).join('');
  return Promise.all(FACES.map((face) => document.fonts.load(face, `aā${sample}`)));
}

function open(element, settings, words) {
  const kept = settings.in_address ? readView(new URLSearchParams(location.search)) : null;
  const view = kept ?? settings.home;
  const place = view
    ? { center: [view.lon, view.lat], zoom: view.zoom }
    : { bounds: settings.bounds, fitBoundsOptions: { padding: paddingOf(element, settings.bounds) } };
  try {
    return new MapLibre({
      container: element.querySelector('.canvas'),
      style: { version: 8, sources: {}, layers: [] },
      attributionControl: false, // the page's own credit is always on the map
      dragRotate: false,
      pitchWithRotate: false,
      maxZoom: 19,
      fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120,
      locale: words,
      ...place,
    });
  } catch {
    return null; // MapLibre throws where there is no WebGL
  }
}

function layersOf(map, settings) {
  const colour = palette();
  const whole = cameraOf(map, settings.bounds).zoom;
  return [
    ...groundLayers(settings, colour),
    ...contextGround(settings, colour),
    ...changeLayers(settings, colour),
    ...hazardLayers(settings, colour),
    ...borderLayers(settings, colour, whole),
    ...selectionFills(settings, colour),
    ...plotLayers(settings, colour),
    ...peopleLayers(settings, colour),
    ...contextMarks(settings, colour),
    ...selectionLines(settings, colour),
    ...labelLayers(settings, colour, whole),
  ];
}

function dress(map, settings, countries) {
  const sources = {
    ...baseSources(settings, countries),
    ...contextSources(settings),
    ...hazardSources(settings),
    ...plotSources(settings),
    ...peopleSources(settings),
    ...selectionSources(settings),
  };
  addHatch(map, palette());
  map.setGlobalStateProperty('least', settings.release?.at_least ?? 0);
  for (const [id, source] of Object.entries(sources)) map.addSource(id, source);
  for (const layer of layersOf(map, settings)) map.addLayer(layer);
  markAreas(map, settings.levels, 'picked', settings.picked);
  onSchemeChange(() => repaint(map, settings));
}

function repaint(map, settings) {
  addHatch(map, palette());
  for (const { id, paint } of layersOf(map, settings)) {
    for (const [property, value] of Object.entries(paint)) map.setPaintProperty(id, property, value);
  }
}

function keepView(map) {
  let wait;
  map.on('moveend', (event) => {
    if (!event.originalEvent && !event.keep) return; // only what a person did
    clearTimeout(wait);
    wait = setTimeout(() => {
      const { lng, lat } = map.getCenter();
      const params = writeView(new URLSearchParams(location.search), { zoom: map.getZoom(), lat, lon: lng });
      history.replaceState(history.state, '', location.pathname + query(params));
    }, SETTLED);
  });
}
