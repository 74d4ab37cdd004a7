// data-module="legend": on a narrow screen the legend starts folded and opens at a touch.

export function start(legend) {
  const button = legend.querySelector('.fold');
  const fold = (folded) => {
    legend.classList.toggle('folded', folded);
    button.setAttribute('aria-expanded', String(!folded));
  };
  button.addEventListener('click', () => fold(!legend.classList.contains('folded')));
  if (matchMedia('(max-width: 800px)').matches) fold(true);
}
