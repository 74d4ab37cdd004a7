// Where on the map something is fitted in: beside what floats over it (tools, legend, time bar, drawing bar), so
// that nothing of it is hidden. All in pixels of the map; rectangles are {left, top, right, bottom}.

const MARGIN = 36; // px round what is fitted in
const GAP = 12; // px between it and what floats over the map
const POINT = 1e-9; // radians: a box without width or height
const LEAST = 0.5; // of the size without anything in the way; if less would stay, the floats may cover some

/** Show a box, [west, south, east, north] in degrees, beside what floats over the map. */
export function showBox(map, bounds, options = {}, event = {}) {
  map.fitBounds(bounds, { padding: paddingOf(map.getContainer().parentElement, bounds), ...options }, event);
}

/** Where the camera of a map would be to show a box. */
export function cameraOf(map, bounds) {
  return map.cameraForBounds(bounds, { padding: paddingOf(map.getContainer().parentElement, bounds) });
}

/** The padding with which the element of a map shows a box. */
export function paddingOf(element, [west, south, east, north]) {
  const here = element.getBoundingClientRect();
  const floats = [...element.querySelectorAll(':scope > .on')].map((float) => float.getBoundingClientRect());
  const shown = floats.filter(({ width }) => width).map(({ left, top, right, bottom }) => (
    { left: left - here.left, top: top - here.top, right: right - here.left, bottom: bottom - here.top }
  ));
  const shape = Math.max(radians(east - west), POINT) / Math.max(northing(north) - northing(south), POINT);
  return paddingBeside(here, shape, shown);
}

/**
 * The padding with which a box is largest and lies under nothing.
 *
 * @param {{width: number, height: number}} size of the map
 * @param {number} shape width of the box by its height
 * @param {object[]} floats rectangles of what lies over the map
 */
export function paddingBeside(size, shape, floats) {
  const margin = Math.min(MARGIN, size.width / 10, size.height / 10);
  const whole = { left: margin, top: margin, right: size.width - margin, bottom: size.height - margin };
  const rooms = roomsBeside(whole, shape, floats);
  const best = rooms.reduce((a, b) => (width(fitted(b, shape)) > width(fitted(a, shape)) ? b : a), rooms[0]);
  const clear = best && width(fitted(best, shape)) >= LEAST * width(fitted(whole, shape));
  const { left, top, right, bottom } = clear ? best : whole;
  return { left, top, right: size.width - right, bottom: size.height - bottom };
}

/** Every room in which the box lies under nothing: each float in its way is left on one of its four sides. */
function roomsBeside(room, shape, floats) {
  const inTheWay = floats.find((float) => meet(fitted(room, shape), float));
  if (!inTheWay) return [room];
  const beside = [
    { ...room, left: inTheWay.right + GAP },
    { ...room, top: inTheWay.bottom + GAP },
    { ...room, right: inTheWay.left - GAP },
    { ...room, bottom: inTheWay.top - GAP },
  ].filter(({ left, top, right, bottom }) => left < right && top < bottom);
  return beside.flatMap((narrower) => roomsBeside(narrower, shape, floats));
}

/** The largest box of a shape in the middle of a room. */
function fitted({ left, top, right, bottom }, shape) {
  const half = Math.min(right - left, (bottom - top) * shape) / 2;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { left: x - half, right: x + half, top: y - half / shape, bottom: y + half / shape };
}

function meet(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

const radians = (degrees) => (degrees * Math.PI) / 180;

/** How far north a latitude lies on a map of Mercator's, in radians of the equator. */
const northing = (latitude) => Math.log(Math.tan(Math.PI / 4 + radians(latitude) / 2));

function width({ left, right }) {
  return right - left;
}
