// The views beside an answer: a number leads from any of them to its source; an open one follows the newest answer.
(() => {
  "use strict";

  const isOpen = (element) => element?.getClientRects().length > 0; // older browsers have no checkVisibility
  const tab = (place) => document.querySelectorAll("#views [role=tablist] [role=tab]")[place];

  // Before anyone else hears of the click: the card has to be there when it is scrolled to.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.cite");
    const cards = document.getElementById("cards");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !cards || isOpen(cards)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tab(0)?.click();
    const until = performance.now() + 1000; // were they not to open, nobody would be waiting any more
    const go = () => {
      if (isOpen(cards)) link.click();
      else if (performance.now() < until) requestAnimationFrame(go);
    };
    go();
  }, true);

  // What the answer says and where, not its element: Gradio fills that with the answer of another conversation.
  let newest = "";
  new MutationObserver(() => {
    const answer = [...document.querySelectorAll(".transcript > .turn > :is(.answer, .refusal, .problem)")].at(-1);
    const turn = answer?.parentElement;
    const shown = answer ? [turn.parentElement.dataset.conversation, turn.id, answer.textContent].join(" ") : "";
    if (shown === newest) return;
    newest = shown;
    for (const name of ["timeline", "map"]) {
      if (isOpen(document.getElementById(`shown-${name}`))) document.getElementById(`renew-${name}`)?.click();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
