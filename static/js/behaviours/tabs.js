// data-module="tabs" on a role="tablist": one panel is shown at a time; arrow keys move between the tabs.
// Each tab names its panel by aria-controls. A change is announced as "tab" with the tab's value.

export function start(list) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const choose = (chosen, focus = true) => {
    for (const tab of tabs) {
      const here = tab === chosen;
      tab.setAttribute('aria-selected', String(here));
      tab.tabIndex = here ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !here;
    }
    if (focus) chosen.focus();
    list.dispatchEvent(new CustomEvent('tab', { bubbles: true, detail: chosen.value }));
  };
  list.addEventListener('click', (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab);
  });
  list.addEventListener('keydown', (event) => {
    const turn = getComputedStyle(list).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: turn, ArrowLeft: -turn }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length]);
  });
  choose(tabs.find((tab) => tab.getAttribute('aria-selected') === 'true') ?? tabs[0], false);
}
