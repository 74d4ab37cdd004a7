// What a page tells its map, as JSON inside the element (macro `map` in templates/macros/map.html).
//
//   bounds        [west, south, east, north] in degrees: what "show the whole event" shows
//   levels        areas, coarse to fine: [{level: 1, name: "Provinces"}, ...]; a level's tiles come from
//                 /tiles/areas/{level}/{z}/{x}/{y}.mvt (layers `areas`: id, pcode, name; `labels`: name)
//   release       the hazard shown, or null: {id, kind: "raster" | "vector", at_least, water: whether it tells
//                 of permanent water (a raster: /tiles/releases/{id}/water/{z}/{x}/{y}.png), bounds?, maxzoom?,
//                 ramp: [[least value, "--h1"], ...]}; from /tiles/releases/{id}/{z}/{x}/{y}.png, and .mvt
//                 with layers `extent` (value, where it has one), `water` (where it always is), `observed`
//                 (the outline of what was seen) and `unseen` (what was not, shown hatched)
//   layers        context layers that can be shown: [{id, name, kind: "grid" | "polygons" | "lines" | "points" |
//                 "table", breaks: [least value of each class] or null, bounds?, shown}]; from
//                 /tiles/layers/{id}/{z}/{x}/{y}.mvt (layer `layer-{id}`: name, value, density), a grid's .png
//   changes       what becomes of areas: {level, shades: {P-code: "--h5"}}, or null
//   households    who is shown, or null: {release: id or null, at_least, beside: {r2, min2 .. with} as
//                 an address says what else is asked, look: "status" | "plain",
//                 full: households in a cell that fill the largest circle (default 420)}; from
//                 /tiles/households/{z}/{x}/{y}.mvt?release=&at_least= (layer `households`: below zoom 13
//                 n, in, probable, out, not_observed; from zoom 13 status, number)
//   picked        P-codes of areas shown as selected
//   shapes        drawn or uploaded shapes shown as selected: GeoJSON FeatureCollection, or null
//   pin           one place: {lon, lat, accuracy in metres or null}, or null
//   pins          places told apart by a letter: [{lon, lat, accuracy, label}]
//   picture       address of a picture of the same map made by the server, for browsers without WebGL
//   in_address    whether the view is kept in the address of the page (default true)
//   home          where it looks at first: {zoom, lat, lon}, or null (the bounds)

const NOTHING = {
  home: null,
  levels: [],
  release: null,
  layers: [],
  changes: null,
  households: null,
  picked: [],
  shapes: null,
  pin: null,
  pins: [],
  picture: null,
  in_address: true,
};

/** The settings of a map's element. */
export function settingsOf(element) {
  return { ...NOTHING, ...part(element, 'settings') };
}

/** The translated words of a map's element. */
export function wordsOf(element) {
  return part(element, 'words');
}

function part(element, name) {
  return JSON.parse(element.querySelector(`script[data-part="${name}"]`).textContent);
}
