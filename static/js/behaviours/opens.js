// data-module="opens" data-opens="ID": a button that opens the dialog of that id.

export function start(button) {
  button.addEventListener('click', () => document.getElementById(button.dataset.opens).showModal());
}
