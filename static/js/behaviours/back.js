// data-module="back": a button that goes back to the page one came from, its answers still filled in.

export function start(button) {
  button.hidden = history.length < 2;
  button.addEventListener('click', () => history.back());
}
