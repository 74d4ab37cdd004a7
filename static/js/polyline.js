// Rings as short text for an address: the encoded polyline of Google's maps, five decimals (about 1 m).
// developers.google.com/maps/documentation/utilities/polylinealgorithm; positions here are [lon, lat],
// the format itself has latitude first. Its alphabet runs from ? to ~ and so never holds a comma.

const SCALE = 1e5;

/** @param {number[][]} positions [lon, lat] in degrees */
export function encode(positions) {
  let last = [0, 0];
  let text = '';
  for (const [lon, lat] of positions) {
    const here = [Math.round(lat * SCALE), Math.round(lon * SCALE)];
    text += chunks(here[0] - last[0]) + chunks(here[1] - last[1]);
    last = here;
  }
  return text;
}

function chunks(value) {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let text = '';
  while (rest >= 32) {
    text += String.fromCharCode((rest % 32) + 32 + 63);
    rest = Math.floor(rest / 32);
  }
  return text + String.fromCharCode(rest + 63);
}

/** The positions of a text, or null where it is not a polyline. */
export function decode(text) {
  const values = numbers(text);
  if (values === null || values.length % 2) return null;
  const positions = [];
  let [lat, lon] = [0, 0];
  for (let i = 0; i < values.length; i += 2) {
    lat += values[i];
    lon += values[i + 1];
    positions.push([lon / SCALE, lat / SCALE]);
  }
  return positions.every(onEarth) ? positions : null;
}

function numbers(text) {
  const values = [];
  let [value, weight] = [0, 1];
  for (const letter of text) {
    const code = letter.charCodeAt(0) - 63;
    if (code < 0 || code > 63) return null;
    value += (code % 32) * weight;
    weight *= 32;
    if (code < 32) {
      values.push(value % 2 ? -(value + 1) / 2 : value / 2);
      [value, weight] = [0, 1];
    }
  }
  return weight === 1 ? values : null;
}

const onEarth = ([lon, lat]) => Math.abs(lon) <= 360 && Math.abs(lat) <= 90;
