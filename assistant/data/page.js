// What a click on a citation's number does. Events are caught on the document, because Gradio redraws the rest.
(() => {
  "use strict";

  const { language, direction } = document.currentScript.dataset;
  Object.assign(document.documentElement, { lang: language, dir: direction });

  const activate = (card) => {
    for (const old of document.querySelectorAll(".card.active, mark.active")) old.classList.remove("active");
    card.classList.add("active");
    card.querySelector("mark")?.classList.add("active");
  };

  // Enter on a link arrives here as a click as well.
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.("a.cite, a.back");
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    target.closest("details")?.setAttribute("open", "");
    target.focus({ preventScroll: true });
    if (link.matches(".cite")) activate(target);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const mark = target.querySelector("mark");
    // A long passage is taller than its column: then the marked sentence is what has to be seen.
    const tall = mark && target.offsetHeight > innerHeight / 2;
    (tall ? mark : target).scrollIntoView({ behavior: calm ? "auto" : "smooth", block: tall ? "center" : "nearest" });
  });

  // Where there is no room for the side, it is folded.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".side-toggle");
    if (button) button.ariaExpanded = document.getElementById("columns").classList.toggle("side-open");
  });

  // Asks an example, or again without a part of the question. The answer is told where the conversation is.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button:is(.drop, .example)[data-ask]");
    const field = document.querySelector("#again textarea, #again input");
    if (!button || !field) return;
    field.value = button.dataset.ask;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    // Once Gradio has taken the text over.
    setTimeout(() => field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true })));
    const transcript = document.getElementById("transcript");
    transcript.tabIndex = -1;
    transcript.focus({ preventScroll: true });
  });

  // The next visit starts in the language that was chosen; the rest of the address stays.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".languages a");
    if (!link) return;
    document.cookie = `lagebild-language=${link.hreflang}; Path=/; Max-Age=31536000; SameSite=Strict`;
    link.search = location.search;
  });

  let newest = "";
  const follow = () => {
    const turn = document.querySelector(".transcript > .turn:last-child");
    // Gradio says of its fields that one writes in them from left to right.
    for (const field of document.querySelectorAll('[data-testid="textbox"]:not([dir="auto"])')) field.dir = "auto";
    if (!turn || turn.id + turn.childElementCount + turn.lastElementChild.className === newest) return;
    newest = turn.id + turn.childElementCount + turn.lastElementChild.className;
    turn.scrollIntoView({ block: "start" });
    const column = document.getElementById("cards");
    if (column) column.scrollTop = 0;
  };
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
})();
