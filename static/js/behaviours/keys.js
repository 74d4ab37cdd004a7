// Letters that work a page: an element with data-key is followed where it leads, or given the focus where it acts.

/** Listen on the whole page; nothing happens while somebody writes. */
export function start() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, dialog')) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.tagName === 'A') found.click();
    else found.focus();
  });
}
