// What a first visit is told: fetched once the page is there, and again where reports may have come in since.
(() => {
  "use strict";

  const base = `/${location.pathname.split("/")[1]}/parts`;
  const place = () => document.querySelector('[data-part="first"]');

  // What cannot be had stays away: the head of the page says what is wrong with the index.
  const request = async (path) => {
    const response = await fetch(base + path).catch(() => null);
    return response?.ok ? response.text() : "";
  };

  let latest = 0;
  const fill = async () => {
    const own = ++latest;
    const markup = await request("/first");
    if (own !== latest || !place()) return;
    const before = place().querySelector(".examples")?.innerHTML ?? "";
    place().innerHTML = markup;
    if (!place().querySelector(".examples")) return;
    place().querySelector(".examples").innerHTML = before; // until there are new ones
    const examples = await request("/examples");
    if (own === latest) place().querySelector(".examples").innerHTML = examples;
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.('#new, [role="tab"]')) fill();
  });

  document.addEventListener("click", (event) => {
    const room = event.target.closest?.(".first [data-room]")?.dataset.room;
    if (room) document.querySelector(`#rooms [role="tab"][aria-controls="${room}"]`)?.click();
  });

  const begin = () => {
    if (!place() || place().dataset.begun) return;
    place().dataset.begun = "yes";
    fill();
  };
  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
})();
