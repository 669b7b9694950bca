(() => {
  "use strict";
  const entries = Array.from(document.querySelectorAll("[data-entry]"));
  const place = document.getElementById("filter");
  if (!place || entries.length === 0) return;
  const label = document.createElement("label");
  label.textContent = "Show only results that contain ";
  const input = document.createElement("input");
  input.type = "search";
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  label.append(input);
  place.append(label, count);
  place.hidden = false;
  const texts = new Map();
  const textOf = (entry) => {
    if (!texts.has(entry)) {
      const group = entry.closest("[data-group]");
      const heading = group ? group.querySelector("h3").textContent : "";
      texts.set(entry, (heading + " " + entry.textContent).toLowerCase());
    }
    return texts.get(entry);
  };
  let waiting = 0;
  const apply = () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = wanted !== "" && !textOf(entry).includes(wanted);
      if (!entry.hidden) shown += 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) {
      group.hidden = group.querySelector("[data-entry]:not([hidden])") === null;
    }
    count.textContent = wanted === "" ? "" : ` ${shown} of ${entries.length} results`;
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  });
})();
