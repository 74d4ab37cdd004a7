// Starts what a page asks for: each element with data-module="name other" gets the behaviours of those names,
// also in fragments that htmx swaps in. A behaviour is a module that exports start(element).

const BEHAVIOURS = {
  'as-if': () => import('./behaviours/as-if.js'),
  'back': () => import('./behaviours/back.js'),
  'copy-link': () => import('./behaviours/copy-link.js'),
  'episodes': () => import('./map/episodes.js'),
  'focus': () => import('./behaviours/focus.js'),
  'hazards': () => import('./select/hazards.js'),
  'histogram': () => import('./behaviours/histogram.js'),
  'keys': () => import('./behaviours/keys.js'),
  'legend': () => import('./behaviours/legend.js'),
  'map': () => import('./map/map.js'),
  'picking-places': () => import('./behaviours/picking-places.js'),
  'pin': () => import('./behaviours/pin.js'),
  'placing': () => import('./behaviours/placing.js'),
  'plotting': () => import('./behaviours/plotting.js'),
  'progress': () => import('./behaviours/progress.js'),
  'same-question': () => import('./behaviours/same-question.js'),
  'scan': () => import('./behaviours/scan.js'),
  'select': () => import('./select/select.js'),
  'send': () => import('./behaviours/send.js'),
  'table-link': () => import('./behaviours/table-link.js'),
  'tabs': () => import('./behaviours/tabs.js'),
  'toasts': () => import('./behaviours/toasts.js'),
  'upload': () => import('./behaviours/upload.js'),
  'value': () => import('./behaviours/value.js'),
};
const started = new WeakSet();

function startAll(root) {
  const found = [...root.querySelectorAll('[data-module]')];
  if (root.matches?.('[data-module]')) found.unshift(root);
  for (const element of found) if (!started.has(element)) start(element);
}

async function start(element) {
  started.add(element);
  for (const name of element.dataset.module.split(/\s+/)) {
    const behaviour = await BEHAVIOURS[name]();
    behaviour.start(element);
  }
  element.dataset.started = '';
}

// on a narrow screen the bar scrolls: the room one is in stays in sight
document.querySelector('.nav [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
document.addEventListener('htmx:load', (event) => startAll(event.target));
startAll(document);
