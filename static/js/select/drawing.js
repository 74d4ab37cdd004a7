// Drawing polygons on the map with terra-draw: corners by click, edited by dragging corners and midpoints, a
// corner taken away by right click, undo and redo, several areas. A side that would cross another is refused
// while it is drawn. Backspace takes the last corner back, Escape drops the drawing, Enter closes it.

import {
  TerraDraw, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawSelectMode, TerraDrawSessionUndoRedo,
  TerraDrawUndoRedoKeyboardShortcuts,
} from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';

import { corners, crossesItself } from '../geodesy.js';
import { palette } from '../map/tokens.js';
import { showMeasures } from './measures.js';
import { addUnderlay, drawingStyles, editingStyles, underlay } from './look.js';
import { snapTo } from './snap.js';

const DECIMALS = 9; // of coordinates, as terra-draw stores them

/** What is drawn: until the map is there, and where there is none, it comes from typed corners alone. */
export function startDrawing(parts) {
  let onMap = null;
  return {
    set: (rings) => (onMap ? onMap.set(rings) : (parts.question.rings = rings)),
    listen: (drawing) => onMap?.listen(drawing),
    meetMap() {
      onMap = drawOnMap(parts);
      onMap.set(parts.question.rings);
    },
  };
}

function drawOnMap(parts) {
  const { live, question, changed } = parts;
  const draw = open(parts);
  const bar = document.querySelector('[data-part="live"]');
  let settling = false; // while rings are set from outside, nobody is told

  const follow = () => {
    const features = polygons(draw);
    underlay(live.map, features);
    const rings = features.map(ringOf).filter((ring) => ring.length >= 3 && !crossesItself([...ring, ring[0]]));
    showMeasures(bar, rings, features, draw, parts.words);
    if (settling || same(rings, question.rings)) return;
    question.rings = rings;
    changed();
  };
  draw.on('change', follow);
  draw.on('finish', (id, { mode }) => {
    if (mode === 'polygon') edit(draw, id);
    follow();
  });
  draw.on('history', follow);
  startBar(bar, draw, parts);

  return {
    set(rings) {
      settling = true;
      draw.removeFeatures(polygons(draw).map(({ id }) => id));
      draw.addFeatures(rings.map(asFeature));
      draw.clearUndoRedoHistory();
      settling = false;
      follow();
    },
    listen(drawing) {
      draw.setMode(!drawing ? 'static' : polygons(draw).length ? 'select' : 'polygon');
    },
  };
}

function open({ live: { map, settings }, element, words }) {
  const refused = document.querySelector('[data-part="drawing-refused"]');
  const refuse = (crossing) => {
    refused.hidden = !crossing;
    refused.textContent = crossing ? words.crossing : '';
    return { valid: !crossing };
  };
  // while drawing, only what is drawn must not cross: the side that will close it may still change
  const drawing = (feature, { updateType }) => {
    if (updateType === 'provisional') return { valid: true };
    const ring = corners(feature.geometry.coordinates[0]);
    return refuse(crossesItself(updateType === 'finish' ? [...ring, ring[0]] : ring));
  };
  const editing = (feature) => {
    const ring = corners(feature.geometry.coordinates[0]);
    return refuse(ring.length < 3 || crossesItself([...ring, ring[0]]));
  };
  const coordinates = { midpoints: { draggable: true }, draggable: true, deletable: true };
  const colour = palette();
  const firstLabel = map.getLayersOrder().find((id) => id.startsWith('label-'));
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, renderBelowLayerId: firstLabel, coordinatePrecision: DECIMALS }),
    modes: [
      new TerraDrawPolygonMode({
        validation: drawing, showCoordinatePoints: true, styles: drawingStyles(colour), pointerDistance: 16,
        snapping: { toCustom: snapTo(map, settings, () => element.dataset.snap === 'true') },
      }),
      new TerraDrawSelectMode({
        styles: editingStyles(colour), pointerDistance: 16,
        flags: { polygon: { feature: { validation: editing, draggable: true, coordinates } } },
      }),
    ],
    undoRedo: {
      modeLevel: new TerraDrawModeUndoRedo(),
      sessionLevel: new TerraDrawSessionUndoRedo(),
      keyboardShortcuts: new TerraDrawUndoRedoKeyboardShortcuts(),
    },
  });
  draw.start();
  addUnderlay(map, colour);
  return draw;
}

const polygons = (draw) => draw.getSnapshot().filter(({ geometry }) => geometry.type === 'Polygon');

/** The corners of a polygon; of one being drawn, those that were set, without the one under the pointer. */
export function ringOf({ geometry, properties }) {
  const [ring] = geometry.coordinates;
  return corners(properties.currentlyDrawing ? ring.slice(0, properties.committedCoordinateCount) : ring);
}

const rounded = (value) => Number(value.toFixed(DECIMALS));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function asFeature(ring) {
  const closed = [...ring, ring[0]].map((position) => position.map(rounded));
  return { type: 'Feature', properties: { mode: 'polygon' }, geometry: { type: 'Polygon', coordinates: [closed] } };
}

/** Show the corners of a finished polygon, after terra-draw has left the click behind. */
function edit(draw, id) {
  draw.setMode('select');
  draw.selectFeature(id);
}

function startBar(bar, draw, { element, live: { map } }) {
  const acts = {
    undo: () => draw.undo(),
    redo: () => draw.redo(),
    another: () => draw.setMode('polygon'),
    discard: () => {
      draw.removeFeatures(polygons(draw).map(({ id }) => id));
      draw.setMode('polygon');
    },
    snap: (button) => {
      const on = element.dataset.snap !== 'true';
      element.dataset.snap = String(on);
      button.setAttribute('aria-pressed', String(on));
    },
  };
  bar.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    acts[button?.dataset.do]?.(button);
  });
  const canvas = map.getCanvas();
  canvas.addEventListener('keydown', (event) => {
    if (event.key !== 'Backspace' || draw.getModeState() !== 'drawing') return;
    event.preventDefault();
    draw.undo();
  });
  // a corner let go over the legend or the tools is let go all the same
  canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId));
}
