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

  // What is written anew may be asked anew (desk.py).
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#question, #again")) delete document.getElementById("question").dataset.asked;
  });

  // The next visit starts in the language that was chosen; the rest of the address stays.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".languages a");
    if (!link) return;
    document.cookie = `lagebild-language=${link.hreflang}; Path=/; Max-Age=31536000; SameSite=Strict`;
    link.search = location.search;
  });

  // What was opened in the transcript and among the sources: Gradio folds it whenever it draws them, ten times a second
  // while a model writes.
  const OPENED = ":is(#transcript, #cards) details";
  const opened = new Set();
  const conversation = () => document.querySelector(".transcript")?.dataset.conversation ?? "";
  const named = (details) => {
    const owner = details.closest(".turn, .card");
    const place = owner ? [...owner.querySelectorAll("details")].indexOf(details) : "older";
    return [conversation(), (owner ?? details.querySelector(".card"))?.id, place].join(" ");
  };
  document.addEventListener("toggle", ({ target }) => target.open && target.matches(OPENED) && opened.add(named(target)), true);
  // Before it opens: until then it may be drawn again, and is folded.
  document.addEventListener("click", (event) => {
    const details = event.target.closest?.("summary")?.parentElement;
    if (details?.matches(OPENED)) opened[details.open ? "delete" : "add"](named(details));
  });
  const reopen = () => {
    if (!opened.size) return;
    for (const details of document.querySelectorAll(`${OPENED}:not([open])`)) details.open = opened.has(named(details));
  };

  let newest, state;
  const follow = () => {
    reopen();
    const turn = document.querySelector(".transcript > .turn:last-child");
    // Gradio says of its fields that one writes in them from left to right.
    for (const field of document.querySelectorAll('[data-testid="textbox"]:not([dir="auto"])')) field.dir = "auto";
    if (!turn) {
      if (document.querySelector(".transcript > .welcome")) newest = state = undefined;
      return;
    }
    // Gradio fills the elements of one conversation with what another says.
    const now = `${conversation()} ${turn.id}`;
    const shown = turn.childElementCount + turn.lastElementChild.className;
    if (now === newest && shown === state) return;
    const bottom = Math.min(innerHeight, document.getElementById("transcript").getBoundingClientRect().bottom);
    // Who reads further up meanwhile is left there, but for a question that was just asked.
    const seen = now !== newest || turn.getBoundingClientRect().top < bottom;
    [newest, state] = [now, shown];
    if (!seen) return;
    turn.scrollIntoView({ block: "start" });
    const column = document.getElementById("cards");
    if (column) column.scrollTop = 0;
  };
  new MutationObserver(follow).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributeFilter: ["open", "data-conversation"],
  });
})();
