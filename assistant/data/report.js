// The whole of a report above the page, and citations that are copied. What is shown comes from the server.
(() => {
  "use strict";

  const { unanswered, close } = document.currentScript.dataset;
  let view;

  // The address names what is open, so that it can be shared; all else in it is left alone.
  const note = (report, span) => {
    const address = new URL(location.href);
    for (const [name, value] of [["r", report], ["s", span]]) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
  };

  const dialog = () => {
    if (view?.isConnected) return view;
    view = document.createElement("dialog");
    view.id = "report";
    view.setAttribute("aria-labelledby", "report-title");
    view.addEventListener("close", () => note());
    view.addEventListener("click", (event) => {
      if (event.target === view || event.target.closest(".close")) view.close();
    });
    document.body.append(view);
    return view;
  };

  // What is not the server's own page of a report, or nothing at all, is told with a way out.
  const problem = () => {
    const shown = document.createElement("div");
    shown.className = "report-view";
    shown.innerHTML = '<button type="button" class="close">×</button><p id="report-title"></p>';
    shown.querySelector(".close").ariaLabel = close;
    shown.querySelector("p").textContent = unanswered;
    return shown;
  };

  let latest = 0;
  const open = async (query) => {
    const own = ++latest;
    const [report, span] = [query.get("r"), query.get("s") ?? ""];
    const page = document.documentElement.lang;
    const answer = await fetch(`/${page}/report/${encodeURIComponent(report)}?s=${encodeURIComponent(span)}`).catch(() => null);
    const markup = await answer?.text().catch(() => "");
    if (own !== latest) return; // another has been asked for since
    if (answer?.redirected || answer?.status === 401) {
      location.search = query; // whoever has to log in first comes back here
      return;
    }
    const shown = dialog();
    const content = document.createElement("template");
    content.innerHTML = markup ?? "";
    const found = content.content.querySelector(".report-view");
    shown.replaceChildren(found ?? problem());
    if (!shown.open) shown.showModal();
    shown.scrollTop = 0;
    shown.querySelector("mark")?.scrollIntoView({ block: "center" });
    note(report, span);
  };

  const copied = async (text, beside) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // No clipboard outside of https and localhost, or it was not allowed: the old way, from a field.
    }
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "out-of-sight";
    beside.after(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    beside.focus({ preventScroll: true });
    return done;
  };

  document.addEventListener("click", async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.("a.report");
    if (link) {
      event.preventDefault();
      open(new URLSearchParams(link.search));
    }
    const button = event.target.closest?.("button.copy");
    if (button) {
      const { text, done, failed } = button.dataset;
      const told = button.parentElement.querySelector(".told");
      told.textContent = (await copied(text, button)) ? done : `${failed} ${text}`;
    }
  });

  const asked = new URLSearchParams(location.search);
  if (asked.get("r")) open(asked);
})();
