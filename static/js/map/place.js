// Places as people type them: latitude first, then longitude, in degrees with decimals or with a letter for
// the direction ("14.6, 121.03", "14.6 N 121.03 E", "-1,5; 36,8").

const NUMBER = String.raw`[-+−]?\d+(?:[.,]\d+)?`;
const PLACE = new RegExp(String.raw`^\s*(${NUMBER})\s*°?\s*([NSns])?\s*[,;\s]\s*(${NUMBER})\s*°?\s*([EWew])?\s*$`);

/** [longitude, latitude] of one typed place, or null where it is none. */
export function readPlace(text) {
  const found = PLACE.exec(text);
  if (!found) return null;
  const lat = number(found[1], found[2], 'S');
  const lon = number(found[3], found[4], 'W');
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

function number(text, letter, negative) {
  const value = Number(text.replace('−', '-').replace(',', '.'));
  return letter?.toUpperCase() === negative ? -value : value;
}

/**
 * The rings of typed corners: one corner a line, a blank line between rings; closed ones are opened.
 *
 * @returns {{rings: number[][][], wrong: number[]}} rings, and the numbers of lines that are no places
 */
export function readRings(text) {
  const rings = [[]];
  const wrong = [];
  text.split('\n').forEach((line, i) => {
    if (!line.trim()) return rings.push([]);
    const place = readPlace(line);
    if (place) rings.at(-1).push(place);
    else wrong.push(i + 1);
  });
  return { rings: rings.map(opened).filter((ring) => ring.length), wrong };
}

/** A ring without the corner that says its first one again, as files and programs write rings. */
function opened(ring) {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = ring.length > 1 && first[0] === last[0] && first[1] === last[1];
  return closed ? ring.slice(0, -1) : ring;
}

/** Rings as typed corners. */
export function writeRings(rings) {
  const line = ([lon, lat]) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  return rings.map((ring) => ring.map(line).join('\n')).join('\n\n');
}
