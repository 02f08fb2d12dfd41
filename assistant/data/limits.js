// The limits of a question. What is chosen is one query, as in the address; here it is written, into the address and
// into a field that the server reads, and the boxes, fields and sliders are made to show it.
(() => {
  "use strict";

  const NAMES = ["since", "until", "languages", "sources", "places"];
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const bars = () => all("#limit-time .histogram i");

  let chosen = only(new URLSearchParams(location.search));
  let touched = false; // whether anything has been chosen since the page was opened
  let held = false; // whether a slider is being moved
  let from = null; // the bar from which a stretch of them is being drawn

  function only(query) {
    return new URLSearchParams([...query].filter(([name, value]) => NAMES.includes(name) && value));
  }

  const choose = (query) => {
    chosen = only(query);
    touched = true;
    const field = find("#chosen textarea, #chosen input");
    field.value = chosen.toString();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  };

  const changed = (change) => {
    const query = new URLSearchParams(chosen);
    change(query);
    choose(query);
  };

  // Not by `delete` with a value, which older browsers pass over.
  const toggle = (name, value, on) => {
    const query = new URLSearchParams([...chosen].filter(([key, one]) => key !== name || one !== value));
    if (on) query.append(name, value);
    choose(query);
  };

  // -- showing what is chosen

  const show = () => {
    const rest = [...new URLSearchParams(location.search)].filter(([name]) => !NAMES.includes(name));
    const query = new URLSearchParams([...rest, ...chosen]).toString();
    const address = location.pathname + (query && `?${query}`) + location.hash;
    if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
    for (const box of all("#limits input[type=checkbox]")) {
      box.checked = chosen.getAll(box.name).includes(box.value);
    }
    for (const field of all("#limits .days input")) {
      if (field !== document.activeElement) field.value = chosen.get(field.name) ?? "";
    }
    if (!held && from === null) span(...range()); // else what is in the hand would be torn out of it
  };

  // The first and the last bar of the window. Dates are compared as far as the shorter one goes: 2017 has all its months.
  const range = () => {
    const months = bars().map((bar) => bar.dataset);
    const from = chosen.get("since") ?? "";
    const to = chosen.get("until") ?? "";
    const first = months.findIndex((bar) => !from || bar.until >= from.slice(0, 7));
    const last = months.findLastIndex((bar) => !to || bar.since.slice(0, to.length) <= to.slice(0, 7));
    return [first, last];
  };

  const span = (first, last) => {
    const shown = bars();
    shown.forEach((bar, at) => bar.classList.toggle("in", first >= 0 && first <= at && at <= last));
    for (const slider of all("#limit-time input[type=range]")) {
      const at = slider.name === "since" ? first : last;
      slider.value = at < 0 ? (slider.name === "since" ? shown.length - 1 : 0) : at;
      slider.setAttribute("aria-valuetext", shown[slider.value]?.dataset.name ?? "");
    }
  };

  // -- choosing

  const pick = (first, last) => {
    const shown = bars();
    changed((query) => {
      query.delete("since");
      query.delete("until");
      if (first > 0) query.set("since", shown[first].dataset.since);
      if (last < shown.length - 1) query.set("until", shown[last].dataset.until);
    });
  };

  const slid = (slider) => {
    const values = Object.fromEntries(all("#limit-time input[type=range]").map((one) => [one.name, Number(one.value)]));
    // The one that is moved pushes the other.
    return slider.name === "since"
      ? [values.since, Math.max(values.since, values.until)]
      : [Math.min(values.since, values.until), values.until];
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("#limit-time input[type=range]")) return;
    held = true;
    span(...slid(target));
  });
  for (const end of ["change", "pointerup", "pointercancel", "touchend"]) {
    document.addEventListener(end, () => (held = false), true);
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches?.("#limits input[type=checkbox]")) toggle(target.name, target.value, target.checked);
    if (target.matches?.("#limit-time input[type=range]")) pick(...slid(target));
    if (target.matches?.("#limits .days input")) changed((query) => query.set(target.name, target.value.trim()));
  });

  // Enter takes what is written: the one that it finds, or else the words themselves.
  document.addEventListener("keydown", (event) => {
    const column = event.key === "Enter" && !event.isComposing && event.target.closest?.("#limits .searched");
    if (!column || !event.target.matches("input[type=text], textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    const written = event.target.value.trim();
    if (!written) return;
    const list = column.querySelector(".options");
    const boxes = list?.dataset.search.trim() === written ? list.querySelectorAll("input") : [];
    toggle(column.id.replace("limit-", ""), boxes.length === 1 ? boxes[0].value : written, true);
    event.target.value = "";
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);

  document.addEventListener("click", ({ target }) => {
    const chip = target.closest?.("#chips button");
    if (chip) {
      if (chip.matches(".clear")) choose(new URLSearchParams());
      else toggle(chip.dataset.name, chip.dataset.value, false);
      find("#question textarea, #question input")?.focus(); // the chip is about to go
    }
  });

  // A stretch of bars, by dragging over them.
  const at = (event) => {
    const shown = bars();
    const found = shown.findIndex((bar) => {
      const { left, right } = bar.getBoundingClientRect();
      return left <= event.clientX && event.clientX <= right;
    });
    return found;
  };
  document.addEventListener("pointerdown", (event) => {
    const bar = !event.button && event.target.closest?.("#limit-time .histogram") ? at(event) : -1;
    from = bar < 0 ? null : bar;
  });
  document.addEventListener("pointermove", (event) => {
    const to = from === null ? -1 : at(event);
    if (to >= 0) span(Math.min(from, to), Math.max(from, to));
  });
  document.addEventListener("pointerup", (event) => {
    if (from === null) return;
    const to = at(event);
    const [first, last] = to < 0 ? range() : [Math.min(from, to), Math.max(from, to)];
    from = null;
    if (to < 0) span(first, last);
    else pick(first, last);
  });
  document.addEventListener("pointercancel", () => {
    if (from === null) return;
    from = null;
    span(...range());
  });

  // -- what the server says

  const follow = () => {
    const told = find("#chips .chips")?.dataset;
    // An answer to what has been changed since says nothing any more.
    if (told && (!touched || told.asked === chosen.toString())) chosen = only(new URLSearchParams(told.query));
    show();
  };

  // A list that is as long as the one before is written over it: its boxes stay, and stand for something else.
  const WRITTEN = ["data-asked", "data-search", "value"];
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      follow();
    });
  }).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: WRITTEN });
})();
