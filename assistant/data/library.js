// The list of conversations and the library: fetched as HTML from /LANGUAGE/parts, and what their buttons do. Gradio
// redraws the rest, so events are caught on the document.
(() => {
  "use strict";

  const { unanswered } = document.currentScript.dataset;
  const base = `/${location.pathname.split("/")[1]}/parts`;
  const part = (name) => document.querySelector(`[data-part="${name}"]`);

  const request = async (method, path, body) => {
    const options = { method };
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers = { "Content-Type": "application/json" };
    }
    const response = await fetch(base + path, options).catch(() => {
      throw new Error(unanswered);
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };

  // What is going on in a part, for eyes and for screen readers.
  const say = (name, text) => {
    const status = part(name)?.querySelector(".status");
    if (status) status.textContent = text;
  };

  const confirmed = (name, question) =>
    new Promise((resolve) => {
      const dialog = part(name).querySelector("dialog.confirm");
      dialog.querySelector("p").textContent = question;
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
      dialog.returnValue = "";
      dialog.showModal();
    });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("dialog.confirm button");
    if (button) button.closest("dialog").close(button.value);
  });

  // -- conversations

  const transcript = () => document.querySelector(".transcript");

  // Who is on a button or link of the list is on the same one after it was drawn anew.
  const focusIn = (place) => {
    const { activeElement } = document;
    if (!place.contains(activeElement)) return () => {};
    const { conversation } = activeElement.closest("li")?.dataset ?? {};
    const around = () => (conversation ? item(conversation) : place);
    const controls = () => [...(around()?.querySelectorAll(conversation ? "a, summary" : ":is(a, summary):not(li *)") ?? [])];
    const at = controls().indexOf(activeElement);
    return () => controls()[at]?.focus({ preventScroll: true });
  };

  const drawConversations = (markup) => {
    const place = part("conversations");
    if (!place) return;
    const before = place.querySelector("details.listed");
    const scrolled = place.querySelector("ul")?.scrollTop ?? 0;
    const focusAgain = focusIn(place);
    place.innerHTML = markup;
    // Beside the chat there is room for the list; above it, it is unfolded by whoever wants it.
    place.querySelector("details.listed").open = before ? before.open : matchMedia("(min-width: 80rem)").matches;
    const open = transcript()?.dataset.conversation;
    for (const item of place.querySelectorAll("li")) {
      if (item.dataset.conversation === open) item.querySelector(".open").setAttribute("aria-current", "page");
    }
    if (place.querySelector("ul")) place.querySelector("ul").scrollTop = scrolled;
    focusAgain();
  };

  // A new list waits until a title is written, a question back is answered, or a menu is closed.
  let late = false;
  const listConversations = async () => {
    try {
      const markup = await request("GET", "/conversations");
      late = Boolean(part("conversations")?.querySelector(".rename, dialog[open], .acts[open]"));
      if (!late) drawConversations(markup);
    } catch (error) {
      say("conversations", error.message);
    }
  };

  const item = (identity) => part("conversations")?.querySelector(`li[data-conversation="${CSS.escape(identity)}"]`);
  const pathOf = (identity) => `/conversations/${encodeURIComponent(identity)}`;

  const rename = (identity) => {
    const link = item(identity).querySelector(".open");
    const details = item(identity).querySelector("details");
    const field = document.createElement("input");
    Object.assign(field, { value: link.textContent, maxLength: 200, dir: "auto", className: "rename" });
    field.setAttribute("aria-label", details.querySelector('[data-act="rename"]').textContent);
    details.open = false;
    link.replaceWith(field);
    field.select();
    let over = false;
    const finish = async (title) => {
      if (over) return;
      over = true;
      // Whoever is elsewhere by then stays there; who is in what is drawn anew is brought back.
      let inside = document.activeElement === field;
      try {
        if (title.trim() && title !== link.textContent) {
          const markup = await request("POST", pathOf(identity), { title });
          inside = part("conversations").contains(document.activeElement);
          drawConversations(markup);
        } else {
          field.replaceWith(link);
          if (late) await listConversations();
        }
      } catch (error) {
        field.replaceWith(link);
        say("conversations", error.message);
      }
      if (inside) item(identity)?.querySelector("summary").focus();
    };
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") finish(field.value);
      if (event.key === "Escape") finish("");
    });
    field.addEventListener("blur", () => finish(field.value));
  };

  const erase = async (identity, question) => {
    if (!(await confirmed("conversations", question))) {
      if (late) await listConversations();
      item(identity)?.querySelector("summary").focus();
      return;
    }
    try {
      const markup = await request("DELETE", pathOf(identity));
      if (transcript()?.dataset.conversation === identity) document.querySelector("#new")?.click();
      drawConversations(markup);
    } catch (error) {
      await listConversations();
      say("conversations", error.message);
    }
    document.querySelector("#new")?.focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('[data-part="conversations"] button[data-act]');
    if (!button) return;
    const identity = button.closest("li").dataset.conversation;
    button.closest("details").open = false;
    if (button.dataset.act === "rename") rename(identity);
    else erase(identity, button.dataset.ask);
  });

  // The button is Gradio's way in; without it, the link's own way is as good.
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.(".conversations .open");
    const button = document.getElementById("wanted");
    if (!link || !button) return;
    event.preventDefault();
    button.dataset.conversation = link.closest("li").dataset.conversation;
    button.click();
    document.querySelector("#question textarea, #question input")?.focus();
  });

  // A menu stands above all, because the list would cut it off: below its button, or above it where there is no room.
  const place = (menu) => {
    const { top, bottom, left, right } = menu.querySelector("summary").getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const list = menu.lastElementChild;
    const below = bottom + list.offsetHeight <= clientHeight;
    list.style.top = `${below ? bottom : Math.max(0, top - list.offsetHeight)}px`;
    list.style.insetInlineEnd = `${getComputedStyle(menu).direction === "rtl" ? left : clientWidth - right}px`;
  };
  const toggled = ({ target }) => {
    if (!target.matches("details.acts")) return;
    if (target.open) place(target);
    else if (late) listConversations();
  };
  document.addEventListener("toggle", toggled, true);
  const follow = () => document.querySelectorAll("details.acts[open]").forEach(place);
  document.addEventListener("scroll", follow, true);
  addEventListener("resize", follow);

  // One menu at a time; a click elsewhere or Escape closes it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.acts[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.acts[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  const without = (name) => {
    const parameters = new URLSearchParams(location.search);
    parameters.delete(name);
    return parameters.toString();
  };

  // The address names the conversation that is open, so that it can be kept as a bookmark.
  let open = "";
  let listed = null;
  const followConversation = () => {
    const talk = transcript();
    if (!part("conversations") || !talk) return;
    const identity = talk.dataset.conversation ?? "";
    if (identity !== open) {
      const parameters = new URLSearchParams(without("c"));
      if (identity) parameters.set("c", identity);
      const query = parameters.toString();
      history.replaceState(history.state, "", (query ? `?${query}` : location.pathname) + location.hash);
      open = identity;
    }
    // What was opened is to be marked.
    const judged = talk.querySelectorAll('.feedback [aria-pressed="true"]').length;
    const state = `${identity} ${judged}`;
    if (state === listed) return;
    listed = state;
    listConversations();
  };

  document.addEventListener("lagebild-answered", listConversations); // which may have made a conversation

  // -- the library

  const wanted = { column: "date", ascending: "false", page: "0" };
  const library = () => part("library");
  const words = () => library().querySelector(".upload")?.dataset;

  const fillLibrary = async (again = false) => {
    const place = library();
    if (!place || (place.dataset.begun && !again)) return;
    place.dataset.begun = "yes";
    try {
      place.innerHTML = await request("GET", "/library");
      listReports();
    } catch (error) {
      place.textContent = error.message;
      place.dataset.begun = "failed";
    }
  };
  // Who comes back finds what there is by then, and what could not be had before.
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('[role="tab"][aria-controls="library"]')) return;
    if (library()?.dataset.begun === "failed") fillLibrary(true);
    else if (library()?.querySelector(".listed")) listReports();
  });

  let latest = 0;
  const listReports = async () => {
    const own = ++latest;
    const parameters = new URLSearchParams(wanted);
    for (const field of library().querySelectorAll(".fields :is(input, select)")) parameters.set(field.name, field.value);
    try {
      const markup = await request("GET", `/reports?${parameters}`);
      if (own !== latest) return; // something else has been asked for since
      const ticked = [...library().querySelectorAll("td input:checked")].map((box) => box.value);
      library().querySelector(".listed").innerHTML = markup;
      if (Number(wanted.page) && !library().querySelector("td")) {
        wanted.page = String(wanted.page - 1); // all of the last page is gone
        return listReports();
      }
      for (const box of library().querySelectorAll("td input")) box.checked = ticked.includes(box.value);
      offerRemoval();
      say("library", "");
      offerLanguages();
    } catch (error) {
      if (own === latest) say("library", error.message);
    }
  };

  const offerRemoval = () => {
    const button = library().querySelector('[data-act="remove"]');
    if (button) button.disabled = !library().querySelector("td input:checked");
  };

  const offerLanguages = () => {
    const select = library().querySelector("select");
    const chosen = select.value;
    select.length = 1;
    const told = library().querySelector(".page").dataset.languages;
    for (const one of told ? told.split(";") : []) {
      const at = one.indexOf("=");
      select.add(new Option(one.slice(at + 1), one.slice(0, at)));
    }
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  };

  let typing = 0;
  document.addEventListener("input", (event) => {
    if (event.target.closest?.('[data-part="library"] .fields')) {
      wanted.page = "0";
      clearTimeout(typing);
      typing = setTimeout(listReports, 200);
    } else if (event.target.matches?.('[data-part="library"] td input')) {
      offerRemoval();
    }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.('[data-part="library"] .listed button');
    if (!button) return;
    if (button.dataset.column) {
      Object.assign(wanted, { column: button.dataset.column, ascending: button.dataset.ascending, page: "0" });
      await listReports();
      library().querySelector(`[data-column="${wanted.column}"]`)?.focus();
    } else if (button.dataset.page) {
      wanted.page = button.dataset.page;
      await listReports();
      library().querySelector(".listed").scrollIntoView({ block: "nearest" });
      library().querySelector(".listed button[data-page]:not(:disabled)")?.focus({ preventScroll: true });
    } else if (button.dataset.act === "remove") {
      removeChosen(button.dataset.ask);
    }
  });

  const removeChosen = async (question) => {
    const boxes = [...library().querySelectorAll("td input:checked")];
    const titles = boxes.map((box) => `\u2068${box.closest("tr").querySelector("a.report").textContent}\u2069`).join(", ");
    if (!(await confirmed("library", question.replace("{titles}", () => titles)))) return;
    say("library", words().removing);
    try {
      await request("POST", "/remove", { reports: boxes.map((box) => box.value) });
      await listReports();
      say("library", words().removed);
      library().querySelector('[name="text"]').focus();
    } catch (error) {
      say("library", error.message);
    }
  };

  // -- files that are dropped or chosen: sent one after the other, each with its bar and what became of it

  const line = (file) => {
    const entry = document.createElement("li");
    const name = document.createElement("bdi");
    const bar = document.createElement("progress");
    const result = document.createElement("span");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    result.className = "result";
    result.dir = "auto";
    entry.append(name, bar, result);
    library().querySelector(".files").append(entry);
    const end = (text, fine) => {
      bar.remove();
      result.textContent = text;
      entry.className = fine ? "fine" : "failed";
    };
    return { bar, result, end };
  };

  const became = (told) => {
    const counts = ["added", "replaced", "known"].filter((name) => told[name]);
    const many = told.added + told.replaced + told.known > 1;
    const parts = counts.map((name) => (many ? `${words()[name]}: ${told[name]}` : words()[name]));
    if (told.refused.length) parts.push(`${words().refused}: ${told.refused.join(" ")}`);
    return parts.concat(told.warnings).join(" · ");
  };

  const send = (file, shown) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      let last = null;
      let read = 0;
      request.open("PUT", `${base}/upload?name=${encodeURIComponent(file.name.toWellFormed?.() ?? file.name)}`);
      request.upload.onprogress = (event) => {
        shown.result.textContent = words().sending;
        shown.bar.value = event.lengthComputable ? event.loaded / event.total / 2 : 0;
      };
      request.onprogress = () => {
        const whole = request.responseText.lastIndexOf("\n");
        for (const one of request.responseText.slice(read, whole < read ? read : whole).split("\n").filter(Boolean)) {
          last = JSON.parse(one);
          shown.result.textContent = words().reading;
          if (last.total) shown.bar.value = 0.5 + last.done / last.total / 2;
        }
        read = Math.max(read, whole + 1);
      };
      request.onloadend = () => {
        if (request.status === 200 && last && "added" in last) shown.end(became(last), !last.refused.length);
        else if (request.status === 413) shown.end(words().tooLarge, false);
        else shown.end(last?.error ?? (request.status === 503 ? request.responseText : words().uploadFailed), false);
        resolve();
      };
      request.send(file);
    });

  let sending = Promise.resolve();
  const take = (files) => {
    for (const file of files) {
      const shown = line(file);
      if (file.size > Number(words().max)) {
        shown.end(words().tooLarge, false);
        continue;
      }
      sending = sending.then(() => send(file, shown)).then(listReports);
    }
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.('.upload input[type="file"]')) return;
    take([...event.target.files]);
    event.target.value = "";
  });

  // A file that misses the place would else be opened by the browser, and the page be gone.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const place = event.target.closest?.(".upload");
      event.dataTransfer.dropEffect = place ? "copy" : "none";
      document.querySelector(".upload")?.classList.toggle("over", Boolean(place) && kind === "dragover");
      if (place && kind === "drop") take([...event.dataTransfer.files]);
    });
  }

  new MutationObserver(() => {
    followConversation();
    fillLibrary();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
