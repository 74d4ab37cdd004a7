// The state of a page is its address: what is asked, and where the map looks. Pure; the pages call it with
// URLSearchParams. Parts of the address that are not ours stay as they are.

import { corners } from './geodesy.js';
import { decode, encode } from './polyline.js';

/** Drawings with more corners than this are kept on the server as a draft, the address holds its code. */
export const MOST_CORNERS = 50;

const COMBINE = 'union';
const TOGETHER = 'all_of';
const PLACES = [2, 3, 4]; // of the hazards beside the first one
const VIEW = 'at';
const THRESHOLD = 'min'; // it is of one release
const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * A question: which households?
 *
 * @typedef {object} Question
 * @property {string} event
 * @property {string} release
 * @property {number|null} least the hazard's threshold; null for none
 * @property {Hazard[]} others hazards asked beside that release
 * @property {'all_of'|'worst_of'} together how they go together
 * @property {string[]} areas P-codes picked
 * @property {string[]} without P-codes left out
 * @property {number[][][]} rings drawn rings, open, [lon, lat]
 * @property {string} draft code of a drawing kept on the server
 * @property {'union'|'intersection'} combine how areas and drawings meet
 */

/**
 * From which value of a release on a place counts.
 *
 * @typedef {object} Hazard
 * @property {string} release
 * @property {number|null} least
 */

/** @returns {Question} what an address asks; whatever is broken in it is left out */
export function readQuestion(params) {
  const least = Number.parseFloat(params.get('min') ?? '');
  return {
    event: word(params.get('e')),
    release: word(params.get('r')),
    least: Number.isFinite(least) ? least : null,
    others: readHazards(params),
    together: params.get('with') === 'worst_of' ? 'worst_of' : TOGETHER,
    areas: words(params.get('areas')),
    without: words(params.get('without')),
    rings: list(params.get('poly')).map(decode).filter((ring) => ring !== null && ring.length >= 3),
    draft: word(params.get('draft')),
    combine: params.get('combine') === 'intersection' ? 'intersection' : COMBINE,
  };
}

/** Write a question into an address; a drawing with too many corners is left to its draft. */
export function writeQuestion(params, question) {
  put(params, 'e', question.event);
  put(params, 'r', question.release);
  put(params, 'min', question.least === null ? '' : String(question.least));
  writeHazards(params, question);
  put(params, 'areas', question.areas.join(','));
  put(params, 'without', question.without.join(','));
  put(params, 'poly', question.draft ? '' : question.rings.map((ring) => encode(corners(ring))).join(','));
  put(params, 'draft', question.draft);
  put(params, 'combine', question.combine === COMBINE ? '' : question.combine);
  return params;
}

function readHazards(params) {
  const hazards = PLACES.map((place) => {
    const least = Number.parseFloat(params.get(`min${place}`) ?? '');
    return { release: word(params.get(`r${place}`)), least: Number.isFinite(least) ? least : null };
  });
  return hazards.filter(({ release }) => release);
}

/** Write the hazards asked beside the first one into an address. */
export function writeHazards(params, { others, together }) {
  for (const [i, place] of PLACES.entries()) {
    const { release = '', least = null } = others[i] ?? {};
    put(params, `r${place}`, release);
    put(params, `min${place}`, least === null ? '' : String(least));
  }
  put(params, 'with', others.length === 0 || together === TOGETHER ? '' : together);
  return params;
}

/** Whether a question's drawing has to be kept on the server. */
export function needsDraft(question) {
  return question.rings.reduce((sum, ring) => sum + corners(ring).length, 0) > MOST_CORNERS;
}

/** Where the map looks: {zoom, lat, lon}, or null. Written as at=zoom/lat/lon. */
export function readView(params) {
  const parts = (params.get('at') ?? '').split('/').map(Number);
  if (parts.length !== 3 || parts.some((part) => !Number.isFinite(part))) return null;
  const [zoom, lat, lon] = parts;
  const possible = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 90 && Math.abs(lon) <= 360;
  return possible ? { zoom, lat, lon } : null;
}

/** Write where the map looks, no finer than a screen shows. */
export function writeView(params, { zoom, lat, lon }) {
  const places = Math.max(2, Math.ceil(zoom / 3.2));
  put(params, 'at', `${round(zoom, 2)}/${round(lat, places)}/${round(lon, places)}`);
  return params;
}

/** The address of another release: on the page one is on, whatever else it asks stays as it is. */
export function addressOf(href, here) {
  const target = new URL(href, here.href);
  for (const [name, value] of new URLSearchParams(here.search)) {
    const stays = name === VIEW || (target.pathname === here.pathname && name !== THRESHOLD);
    if (stays && !target.searchParams.has(name)) target.searchParams.set(name, value);
  }
  return target.pathname + query(target.searchParams);
}

/** An address for people: what may stand unescaped in a query stays readable. */
export function query(params) {
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return text ? `?${text}` : '';
}

const round = (value, places) => String(Number(value.toFixed(places)));
const list = (text) => (text ?? '').split(',').filter(Boolean);
const word = (text) => (CODE.test(text ?? '') ? text : '');
const words = (text) => [...new Set(list(text).filter((part) => CODE.test(part)))];

function put(params, name, text) {
  if (text) params.set(name, text);
  else params.delete(name);
}
