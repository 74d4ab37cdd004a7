// The base map: sea, the countries of the world as neighbours, and our own areas as the land, all served from
// here. Borders by rank: the coarsest level dashed, finer ones thinner; each level comes in with the zoom.

import { features } from './topojson.js';

const COUNTRIES = new URL('../../vendor/world-atlas/countries-50m.json', import.meta.url);
const COMES_IN = [-9, -1.2, 1.4, 3]; // zooms after the whole event's, by rank of the level
const HIT = 0.001; // opacity of what is there to be pointed at, not to be seen

/** Countries of the world, for the background. */
export async function world() {
  const answer = await fetch(COUNTRIES);
  return features(await answer.json(), 'countries');
}

/** Sources of the base map. */
export function baseSources(settings, countries) {
  const sources = { world: { type: 'geojson', data: countries, maxzoom: 8, attribution: 'Natural Earth' } };
  for (const { level } of settings.levels) {
    const tiles = [`${location.origin}/tiles/areas/${level}/{z}/{x}/{y}.mvt`];
    sources[`areas-${level}`] = { type: 'vector', tiles, maxzoom: 13, promoteId: { areas: 'pcode' } };
  }
  return sources;
}

/** What lies under everything: sea, neighbours, land. */
export function groundLayers(settings, colour) {
  const layers = [
    { id: 'sea', type: 'background', paint: { 'background-color': colour('--m-sea') } },
    { id: 'neighbours', type: 'fill', source: 'world', paint: { 'fill-color': colour('--m-neighbour'), 'fill-antialias': false } },
    { id: 'neighbour-borders', type: 'line', source: 'world', paint: { 'line-color': colour('--m-dist'), 'line-width': 0.8 } },
  ];
  const [first] = settings.levels;
  if (first) {
    layers.push({
      id: 'land', type: 'fill', source: `areas-${first.level}`, 'source-layer': 'areas',
      paint: { 'fill-color': colour('--m-land'), 'fill-antialias': false },
    });
  }
  return layers;
}

/** Borders, drawn over the hazard, finest below. */
export function borderLayers(settings, colour, wholeZoom) {
  const lines = settings.levels.flatMap((area, rank) => border(area, rank, colour, wholeZoom));
  return lines.reverse();
}

function border({ level }, rank, colour, wholeZoom) {
  const of = { source: `areas-${level}`, 'source-layer': 'areas', minzoom: comesIn(rank, wholeZoom) };
  const line = {
    id: `border-${level}`, type: 'line', ...of,
    paint: rank === 0
      ? { 'line-color': colour('--m-prov'), 'line-width': 1.1, 'line-dasharray': [5, 2.5] }
      : { 'line-color': colour('--m-dist'), 'line-width': rank === 1 ? 0.8 : 0.6 },
  };
  const reach = { id: `reach-${level}`, type: 'fill', ...of, paint: { 'fill-color': colour('--m-text'), 'fill-opacity': HIT } };
  const casing = {
    id: 'country-casing', type: 'line', ...of,
    paint: { 'line-color': colour('--m-intl'), 'line-width': 5, 'line-opacity': 0.1 },
  };
  return level === 0 ? [line, casing, reach] : [line, reach];
}

/** Names of areas, one level at a time; a name that would be cut is left out by the map. */
export function labelLayers(settings, colour, wholeZoom) {
  return settings.levels.map(({ level }, rank) => ({
    id: `label-${level}`, type: 'symbol', source: `areas-${level}`, 'source-layer': 'labels',
    minzoom: Math.max(0, comesIn(rank, wholeZoom) + (rank ? 0.3 : 0)),
    maxzoom: rank + 1 < settings.levels.length ? Math.min(24, comesIn(rank + 1, wholeZoom) + 2.2) : 24,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': [rank === 0 ? 'Map Semibold' : 'Map Medium'],
      'text-size': [13, 12, 11.5, 11][Math.min(rank, 3)],
      'text-letter-spacing': rank === 0 ? 0.06 : 0.02,
      'text-max-width': 8,
      'text-padding': 6,
    },
    paint: {
      'text-color': colour(rank === 0 ? '--m-text-2' : '--m-text'),
      'text-halo-color': colour('--m-halo'),
      'text-halo-width': 1.5,
    },
  }));
}

/** The zoom from which a level is drawn. */
export function comesIn(rank, wholeZoom) {
  const step = COMES_IN[rank] ?? COMES_IN.at(-1) + 1.5 * (rank - COMES_IN.length + 1);
  return Math.max(0, Math.min(22, wholeZoom + step));
}
