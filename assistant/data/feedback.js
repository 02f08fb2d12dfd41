// What is said of an answer: sent at once, and shown as the server gives it back. Gradio redraws the answers, so events
// are caught on the document, and the dialog for the note stands apart from them.
(() => {
  "use strict";

  const { unanswered } = document.currentScript.dataset;
  const base = `/${location.pathname.split("/")[1]}/parts`;
  const rowAt = (at) => document.querySelector(`.feedback[data-at="${CSS.escape(at)}"]`);
  const dialog = () => document.querySelector("dialog.feedback-note");
  const pressed = (row) => row.querySelector('[aria-pressed="true"]')?.dataset.verdict;
  const noteOf = (row) => row.querySelector(".said")?.textContent ?? "";

  const unsaved = new Map(); // notes that the server has not taken, by the answer that they are about

  // Answers with the row as it is then. Without a verdict it is taken back.
  const send = async (at, verdict, note) => {
    const options = verdict
      ? { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ verdict, note }) }
      : { method: "DELETE" };
    const response = await fetch(base + at, options).catch(() => {
      throw new Error(unanswered);
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };

  // `next` is what has the focus afterwards, unless one has gone elsewhere while the server answered.
  const judge = async (at, verdict, note, next) => {
    const [sent] = await Promise.allSettled([send(at, verdict, note)]);
    if (!sent.reason) unsaved.delete(at);
    else if (verdict) unsaved.set(at, note);
    const row = rowAt(at);
    if (!row) return;
    const stayed = document.activeElement === document.body || row.contains(document.activeElement);
    if (sent.reason) row.querySelector(".status").textContent = sent.reason.message;
    else row.outerHTML = sent.value;
    if (stayed) rowAt(at).querySelector(next)?.focus({ preventScroll: true });
  };

  let writing = null; // the answer that the note in the dialog is about

  const writeNote = (row) => {
    writing = { at: row.dataset.at, verdict: pressed(row) };
    const field = dialog().querySelector("textarea");
    field.value = unsaved.get(row.dataset.at) ?? noteOf(row);
    dialog().returnValue = "";
    dialog().showModal();
    field.focus();
  };

  // A dialog tells late that it was closed: it may be open again by then, for another note.
  const closed = (event) => {
    if (event.target !== dialog() || dialog().open || !writing) return;
    const { at, verdict } = writing;
    const { returnValue } = dialog();
    writing = null;
    if (returnValue === "save") judge(at, verdict, dialog().querySelector("textarea").value, "button.note");
    else if (returnValue === "back") judge(at, null, "", `[data-verdict="${verdict}"]`);
    else rowAt(at)?.querySelector("button.note")?.focus();
  };
  document.addEventListener("close", closed, true); // it does not bubble

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".feedback button");
    if (!button) return;
    const row = button.closest(".feedback");
    const { verdict } = button.dataset;
    // A second press takes it back; what was written is not lost by it.
    if (!verdict || (verdict === pressed(row) && noteOf(row))) writeNote(row);
    else judge(row.dataset.at, verdict === pressed(row) ? null : verdict, noteOf(row), `[data-verdict="${verdict}"]`);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target !== dialog()?.querySelector("textarea"))
      return;
    event.preventDefault();
    dialog().close("save");
  });
})();
