// What is true of every part of the page: answers are told to who does not see it, and who is logged out gets to the login.
(() => {
  "use strict";

  const { more } = document.currentScript.dataset;

  // Gradio counts the seconds of what is pending at every picture, though they are shown nowhere here, and those of its own
  // loading picture for as long as the page is open: a tenth of a processor, at rest. Once a second is enough.
  const COUNTS = /^\(\)\s*=>\s*\{\s*\w+\(\w+,\s*\(performance\.now\(\)\s*-/;
  const frame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) =>
    COUNTS.test(draw) ? setTimeout(() => draw(performance.now()), 1000) : frame(draw);

  // The transcript is drawn anew as a whole, so it cannot be a live region itself: all of it would be read out each time.
  const told = document.createElement("div");
  Object.assign(told, { id: "told", className: "unseen" });
  told.setAttribute("role", "status");

  const said = (turn) =>
    [...turn.querySelectorAll(".waiting, .summary, .statement, .problem")].map((part) => part.textContent).join(" ");

  let newest; // nothing is told of what was there when the page opened
  const tell = () => {
    const turn = document.querySelector(".transcript > .turn:last-child");
    const state = turn ? turn.id + (turn.querySelector(".waiting") ? "" : " done") : "";
    if (newest !== undefined && turn && state !== newest) {
      told.lang = turn.querySelector("[lang]")?.lang ?? "";
      told.dir = "auto";
      told.textContent = said(turn);
    }
    if (turn || document.querySelector(".transcript > .welcome")) newest = state;
  };

  let skipped = false; // to a question that is not there yet
  const toQuestion = () => {
    const field = document.querySelector("#question textarea, #question input");
    skipped = !field;
    field?.focus();
  };

  const tidy = () => {
    for (const menu of document.querySelectorAll(".overflow-menu > button")) {
      if (menu.ariaLabel !== more) menu.ariaLabel = more; // Gradio has it in English alone
    }
    tell();
    if (skipped) toQuestion();
  };

  const begin = () => {
    document.body.append(told);
    new MutationObserver(tidy).observe(document.body, { childList: true, subtree: true });
    tidy();
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a.skip")) return;
    event.preventDefault();
    toQuestion();
  });

  // A session that has ended: the server answers 401, and sends to the login whoever loads a page.
  new PerformanceObserver((list) => {
    if (list.getEntries().some((entry) => entry.responseStatus === 401)) location.reload();
  }).observe({ type: "resource" });
})();
