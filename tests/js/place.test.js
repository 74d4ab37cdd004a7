// Places as people type them, borders to snap to, and countries out of their shared arcs.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readPlace, readRings, writeRings } from '../../static/js/map/place.js';
import { features } from '../../static/js/map/topojson.js';
import { nearestOn } from '../../static/js/select/snap.js';

test('a place is latitude first, with decimals or with letters', () => {
  for (const text of ['14.6, 121.03', '14.6 121.03', '14,6; 121,03', '14.6 N 121.03 E', '14.6° N, 121.03° E', '+14.6,121.03']) {
    assert.deepEqual(readPlace(text), [121.03, 14.6], text);
  }
});

test('south and west are negative, by sign or by letter', () => {
  for (const text of ['-1.5, -36.8', '1.5 S, 36.8 W', '−1.5 −36.8', '1,5 s; 36,8 w']) {
    assert.deepEqual(readPlace(text), [-36.8, -1.5], text);
  }
});

test('what is no place on earth is none', () => {
  for (const text of ['', 'Manila', '14.6', '91, 0', '0, 181', '14.6, 121.03, 5']) {
    assert.equal(readPlace(text), null, text);
  }
});

test('corners are read line by line, areas apart by an empty line, wrong lines by number', () => {
  const { rings, wrong } = readRings('1, 2\n3, 4\n\n5, 6\nhere\n7, 8\n');

  assert.deepEqual(rings, [[[2, 1], [4, 3]], [[6, 5], [8, 7]]]);
  assert.deepEqual(wrong, [5]);
});

test('a ring that ends where it began is the ring without its last corner', () => {
  const { rings } = readRings('1, 2\n3, 4\n5, 6\n1, 2\n');

  assert.deepEqual(rings, [[[2, 1], [4, 3], [6, 5]]]);
});

test('written corners are read back the same', () => {
  const rings = [[[121.5, 17.25], [121.75, 17.25], [121.75, 17.5]], [[-36.8, -1.5], [-36.7, -1.5], [-36.7, -1.25]]];

  assert.deepEqual(readRings(writeRings(rings)), { rings, wrong: [] });
});

test('a corner near a border falls onto it, a nearer corner first', () => {
  const border = [[[0, 0], [100, 0]]];
  const same = ([x, y]) => ({ x, y });

  assert.deepEqual(nearestOn(border, { x: 40, y: 5 }, same), [40, 0]);
  assert.deepEqual(nearestOn(border, { x: 97, y: 3 }, same), [100, 0]);
  assert.equal(nearestOn(border, { x: 40, y: 13 }, same), null);
});

test('two countries share the arc between them, run through the other way', () => {
  const topology = {
    transform: { scale: [0.5, 0.5], translate: [10, 20] },
    arcs: [[[2, 0], [0, 4]], [[2, 4], [-2, 0], [0, -4], [2, 0]], [[2, 0], [2, 0], [0, 4], [-2, 0]]],
    objects: {
      countries: {
        geometries: [
          { type: 'Polygon', arcs: [[0, 1]], properties: { name: 'West' } },
          { type: 'MultiPolygon', arcs: [[[2, ~0]]], properties: { name: 'East' } },
          { type: null, properties: { name: 'Nowhere' } },
        ],
      },
    },
  };

  const [west, east, ...none] = features(topology, 'countries').features;

  assert.deepEqual(west.geometry.coordinates, [[[11, 20], [11, 22], [10, 22], [10, 20], [11, 20]]]);
  assert.deepEqual(east.geometry.coordinates, [[[[11, 20], [12, 20], [12, 22], [11, 22], [11, 20]]]]);
  assert.equal(none.length, 0);
});

test('a country across the date line is one piece', () => {
  const topology = {
    transform: { scale: [1, 1], translate: [0, 0] },
    arcs: [[[178, 0], [-356, 0], [0, 5], [356, 0], [0, -5]]],
    objects: { countries: { geometries: [{ type: 'Polygon', arcs: [[0]], properties: {} }] } },
  };

  const [{ geometry }] = features(topology, 'countries').features;

  assert.deepEqual(geometry.coordinates, [[[178, 0], [182, 0], [182, 5], [178, 5], [178, 0]]]);
});
