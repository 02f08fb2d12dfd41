// What is true of every part of the page: answers are told to who does not see it, and who is logged out gets to the login.
(() => {
  "use strict";

  const { moreTabs, lostTitle, lost } = document.currentScript.dataset;
  const line = () => document.querySelector("#question textarea, #question input");

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
    const waits = turn?.querySelector(".waiting") ? "" : "done";
    const state = turn ? [turn.parentElement.dataset.conversation, turn.id, waits].join(" ") : "";
    if (newest !== undefined && turn && state !== newest) {
      told.lang = turn.querySelector("[lang]")?.lang ?? "";
      told.dir = "auto";
      told.textContent = said(turn);
    }
    if (turn || document.querySelector(".transcript > .welcome")) newest = state;
  };

  // One begins in the line of the question, but for who has gone elsewhere before it is there.
  let there = false;
  let skipped = false; // to a question that is not there yet
  const beginInLine = () => {
    if (there || !line()) return;
    there = true;
    if (skipped || document.activeElement === document.body) line().focus();
  };

  // -- what was typed, or is being answered, outlives a page that has to be loaded again: in its tab, until it is back

  const KEPT = "lagebild-line";
  const keepLine = () => {
    const asked = line()?.value || document.querySelector(".transcript > .turn:last-child:has(.waiting) > .question")?.textContent;
    if (asked?.trim()) sessionStorage.setItem(KEPT, asked);
  };

  const giveBack = () => {
    const kept = line() && sessionStorage.getItem(KEPT);
    if (!kept) return;
    sessionStorage.removeItem(KEPT);
    if (line().value) return;
    line().value = kept;
    line().dispatchEvent(new Event("input", { bubbles: true }));
  };

  // Gradio tells in English that the connection is lost, and loads the page again once the server answers.
  let broken = false;
  const tellLost = () => {
    const text = [...document.querySelectorAll('[data-testid="toast-text"]')].find((one) =>
      one.textContent.startsWith("Connection to the server was lost"),
    );
    if (!text) return;
    broken = true;
    text.firstChild.data = lost;
    text.closest('[data-testid="toast-body"]').querySelector(".toast-title").firstChild.data = `${lostTitle} `;
  };
  addEventListener("pagehide", () => {
    if (broken) keepLine();
  });

  const tidy = () => {
    for (const menu of document.querySelectorAll(".overflow-menu > button")) {
      if (menu.ariaLabel !== moreTabs) menu.ariaLabel = moreTabs; // Gradio has it in English alone
    }
    tellLost();
    giveBack();
    tell();
    beginInLine();
  };

  const begin = () => {
    document.body.append(told);
    new MutationObserver(tidy).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-conversation"] });
    tidy();
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("a.skip")) return;
    event.preventDefault();
    skipped = true;
    line()?.focus();
  });

  // A session that has ended: the server answers 401, and sends to the login whoever loads a page.
  new PerformanceObserver((list) => {
    if (!list.getEntries().some((entry) => entry.responseStatus === 401)) return;
    keepLine();
    location.reload();
  }).observe({ type: "resource" });
})();
