// The views beside an answer: a number leads from any of them to its source; an open one follows the newest answer.
(() => {
  "use strict";

  const isOpen = (element) => element?.checkVisibility?.() ?? false;
  const tab = (place) => document.querySelectorAll("#views [role=tablist] [role=tab]")[place];

  // Before anyone else hears of the click: the card has to be there when it is scrolled to.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite");
    const cards = document.getElementById("cards");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !cards || isOpen(cards)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tab(0)?.click();
    const go = () => (isOpen(cards) ? link.click() : requestAnimationFrame(go));
    go();
  }, true);

  // The element, not its id: another conversation has a first question too.
  let newest = null;
  new MutationObserver(() => {
    const turn = document.querySelector(".transcript > .turn:last-child");
    const whole = turn?.querySelector(".answer:not(.draft), .refusal, .problem") ? turn : null;
    if (whole === newest) return;
    newest = whole;
    for (const name of ["timeline", "map"]) {
      if (isOpen(document.getElementById(`shown-${name}`))) document.getElementById(`renew-${name}`)?.click();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
