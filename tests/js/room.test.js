// A box on the map lies beside the tools and the legend, as large as it can.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { paddingBeside } from '../../static/js/map/room.js';

const SIZE = { width: 1000, height: 600 };
const LEGEND = { left: 750, right: 1000, top: 300, bottom: 600 };
const BAR = { left: 0, right: 1000, top: 540, bottom: 600 };

test('with nothing over the map there is a margin all round', () => {
  assert.deepEqual(paddingBeside(SIZE, 1, []), { left: 36, top: 36, right: 36, bottom: 36 });
});

test('what a box does not reach takes nothing from it', () => {
  // a square of 528 px in the middle ends at 764; one of 0.9 as wide ends at 737.6, left of the legend
  assert.deepEqual(paddingBeside(SIZE, 0.9, [LEGEND]), { left: 36, top: 36, right: 36, bottom: 36 });
});

test('what is in the way is left on the side where the box stays largest', () => {
  assert.deepEqual(paddingBeside(SIZE, 1, [LEGEND]), { left: 36, top: 36, right: 262, bottom: 36 });
  assert.deepEqual(paddingBeside(SIZE, 4, [LEGEND]), { left: 36, top: 36, right: 36, bottom: 312 });
});

test('a bar along the edge and a legend are both left', () => {
  assert.deepEqual(paddingBeside(SIZE, 1.2, [BAR, LEGEND]), { left: 36, top: 36, right: 262, bottom: 72 });
});

test('on a small map, where too little would stay, the floats may cover some of it', () => {
  const small = { width: 300, height: 300 };
  const most = { left: 60, right: 300, top: 40, bottom: 300 };
  assert.deepEqual(paddingBeside(small, 1, [most]), { left: 30, top: 30, right: 30, bottom: 30 });
});
