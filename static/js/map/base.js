// The base map: sea, the countries of the world as neighbours, and our own areas as the land, all served from
// here. Borders by rank: the coarsest level dashed, finer ones thinner; each level comes in with the zoom.

import { features } from './topojson.js';

const COUNTRIES = new URL('../../vendor/world-atlas/countries-50m.json', import.meta.url);
const COUNTRY = -1; // the rank above the coarsest areas, which have 0
const COMES_IN = [-1.2, 1.4, 3]; // zooms after the whole event's, from rank 1
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
  const fill = (name) => ({ type: 'fill', paint: { 'fill-color': colour(name), 'fill-antialias': false } });
  const borders = { 'line-color': colour('--m-dist'), 'line-width': 0.8 };
  const land = settings.levels.slice(0, 1).map(({ level }) => ({
    id: 'land', source: `areas-${level}`, 'source-layer': 'areas', ...fill('--m-land'),
  }));
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': colour('--m-sea') } },
    { id: 'neighbours', source: 'world', ...fill('--m-neighbour') },
    { id: 'neighbour-borders', type: 'line', source: 'world', paint: borders },
    ...land,
  ];
}

/** Borders, drawn over the hazard, finest below; and, unseen, the areas that can be pointed at. */
export function borderLayers(settings, colour, wholeZoom) {
  return ranked(settings).flatMap((area) => border(area, colour, wholeZoom)).reverse();
}

function border({ level, rank }, colour, wholeZoom) {
  const of = { source: `areas-${level}`, 'source-layer': 'areas', minzoom: comesIn(rank, wholeZoom) };
  const line = { id: `border-${level}`, type: 'line', ...of, paint: linePaint(rank, colour) };
  const hit = { 'fill-color': colour('--m-text'), 'fill-opacity': HIT };
  const reach = { id: `reach-${level}`, type: 'fill', ...of, paint: hit };
  if (rank !== COUNTRY) return [line, reach];
  const casing = { 'line-color': colour('--m-intl'), 'line-width': 5, 'line-opacity': 0.1 };
  return [line, { id: 'country-casing', type: 'line', ...of, paint: casing }, reach];
}

function linePaint(rank, colour) {
  const line = (name, width, more) => ({ 'line-color': colour(name), 'line-width': width, ...more });
  if (rank === COUNTRY) return line('--m-intl', 1.3, { 'line-dasharray': [6, 2, 1.4, 2] });
  if (rank === 0) return line('--m-prov', 1.1, { 'line-dasharray': [5, 2.5] });
  return line('--m-dist', rank === 1 ? 0.8 : 0.6);
}

/** Names of areas, one level at a time; a name that would be cut is left out by the map. */
export function labelLayers(settings, colour, wholeZoom) {
  const named = ranked(settings).filter(({ rank }) => rank !== COUNTRY);
  return named.map(({ level, rank }) => ({
    id: `label-${level}`, type: 'symbol', source: `areas-${level}`, 'source-layer': 'labels',
    minzoom: Math.max(0, comesIn(rank, wholeZoom) + (rank ? 0.3 : 0)),
    maxzoom: level === named.at(-1).level ? 24 : Math.min(24, comesIn(rank + 1, wholeZoom) + 2.2),
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

/** The levels with their rank: the country, where level 0 is given, then 0 for the coarsest below it. */
function ranked({ levels }) {
  const first = levels[0]?.level === 0 ? COUNTRY : 0;
  return levels.map(({ level }, i) => ({ level, rank: first + i }));
}

/** The zoom from which a rank is drawn. */
function comesIn(rank, wholeZoom) {
  if (rank <= 0) return 0;
  const step = COMES_IN[rank - 1] ?? COMES_IN.at(-1) + 1.5 * (rank - COMES_IN.length);
  return Math.max(0, Math.min(22, wholeZoom + step));
}
