// data-module="table-link" data-map="ID": rows of a table and areas of a map light one another.
// A row names its area by data-area (P-code). The map hears "lit" with that P-code, or null; the table hears
// the map's "pointed" in the same shape. Click or Enter on a row goes to the area.

export function start(table) {
  const map = document.getElementById(table.dataset.map);
  const rowAt = (target) => target.closest?.('tr[data-area]');
  const tell = (name, row) => map.dispatchEvent(new CustomEvent(name, { detail: row?.dataset.area ?? null }));

  table.addEventListener('pointerover', (event) => light(table, rowAt(event.target)?.dataset.area, tell));
  table.addEventListener('pointerleave', () => light(table, null, tell));
  table.addEventListener('focusin', (event) => light(table, rowAt(event.target)?.dataset.area, tell));
  table.addEventListener('focusout', () => light(table, null, tell));
  table.addEventListener('click', (event) => {
    const row = rowAt(event.target);
    if (row && !event.target.closest('a[href]:not([href^="#"])')) tell('go', row);
  });
  map.addEventListener('pointed', (event) => mark(table, event.detail));
}

function light(table, area, tell) {
  tell('lit', area ? mark(table, area) : mark(table, null));
}

function mark(table, area) {
  let lit = null;
  for (const row of table.querySelectorAll('tr[data-area]')) {
    const here = row.dataset.area === area;
    row.classList.toggle('linked', here);
    if (here) lit = row;
  }
  return lit;
}
