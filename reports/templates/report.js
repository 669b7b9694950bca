(() => {
  "use strict";
  const holder = document.getElementById("table");
  const packed = document.getElementById("data");
  const make = (name, text, attributes) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
    return element;
  };

  const theme = make("button", "Light or dark", { type: "button" });
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  const chapters = document.querySelector("nav ul");
  if (chapters) {
    const item = make("li", undefined, { class: "theme" });
    item.append(theme);
    chapters.append(item);
  }
  if (!holder || !packed || typeof DecompressionStream === "undefined") return;

  const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  new Response(stream).json().then((data) => show(data));

  function show(data) {
    const columns = data.columns;
    const total = columns.verdict.length;
    const text = (name, row) => (data.facets[name] ? data.facets[name][columns[name][row]] : data.texts[columns[name][row]]);
    const print = (row) => data.prints.slice(row * data.prefix, (row + 1) * data.prefix);
    const titleOf = (row) => data.titles[text("control", row)] || "";
    const FACETS = { verdict: "Verdict", severity: "Severity", control: "Control", account: "Account", region: "Region", file: "File", standing: "Beside what was before" };
    Object.assign(FACETS, { state: "In the history", since: "Since" }); // history
    const RANKS = {
      verdict: ["error", "fail", "unknown", "waived", "pass", "not applicable"],
      severity: ["critical", "high", "medium", "low", "info"],
    };
    RANKS.state = ["new", "back", "known", ""]; // history
    const state = { words: "", chosen: {}, sort: "", down: false, page: 0, size: 50, rows: [] };

    // Ranks of the texts of a column, so that rows are sorted by numbers.
    const ranks = {};
    const rank = (name) => {
      if (!ranks[name]) {
        const known = data.facets[name] || data.texts;
        const order = RANKS[name];
        const place = (one) => (order && order.includes(one) ? order.indexOf(one) : order ? order.length : 0);
        const sorted = known.map((one, number) => number).sort((a, b) => place(known[a]) - place(known[b]) || (known[a] < known[b] ? -1 : known[a] > known[b] ? 1 : 0));
        ranks[name] = new Int32Array(known.length);
        sorted.forEach((number, at) => { ranks[name][number] = at; });
      }
      return ranks[name];
    };

    // Which texts have the words, found once for each text and not once for each row.
    const lowered = {};
    const having = (name, words) => {
      const known = data.facets[name] || data.texts;
      const key = data.facets[name] ? name : "texts";
      if (!lowered[key]) lowered[key] = known.map((one) => one.toLowerCase());
      return lowered[key].map((one) => one.includes(words));
    };

    function matching() {
      const words = state.words.trim().toLowerCase();
      const chosen = Object.entries(state.chosen).filter(([, value]) => value !== "").map(([name, value]) => [columns[name], Number(value)]);
      const sought = words ? ["control", "file", "account"].map((name) => [columns[name], having(name, words)]) : [];
      const texts = words ? having("address", words) : [];
      const titles = words ? data.facets.control.map((one) => (data.titles[one] || "").toLowerCase().includes(words)) : [];
      const rows = [];
      for (let row = 0; row < total; row += 1) {
        if (!chosen.every(([column, value]) => column[row] === value)) continue;
        if (words && !(texts[columns.address[row]] || texts[columns.element[row]] || texts[columns.message[row]] || titles[columns.control[row]]
          || sought.some(([column, has]) => has[column[row]]) || print(row).startsWith(words))) continue;
        rows.push(row);
      }
      if (state.sort) {
        const order = rank(state.sort);
        const column = columns[state.sort];
        const sign = state.down ? -1 : 1;
        rows.sort((a, b) => sign * (order[column[a]] - order[column[b]]) || a - b);
      }
      return rows;
    }

    const status = make("p", "", { role: "status", "aria-live": "polite" });
    const search = make("input", undefined, { type: "search", placeholder: "address, message, control, file, fingerprint" });
    const filters = make("div", undefined, { class: "filters" });
    search.id = "search";
    const searching = make("div", undefined, { class: "wide" });
    searching.append(make("label", "Search", { for: search.id }), search);
    filters.append(searching);
    const selects = {};
    for (const [name, heading] of Object.entries(FACETS)) {
      const known = data.facets[name];
      if (known.length < 2) continue;
      const counts = new Int32Array(known.length);
      for (const number of columns[name]) counts[number] += 1;
      const select = make("select");
      select.append(make("option", "all", { value: "" }));
      const order = rank(name);
      known.map((one, number) => number).sort((a, b) => order[a] - order[b]).slice(0, 2000).forEach((number) => {
        select.append(make("option", `${known[number] || "none"} (${counts[number]})`, { value: String(number) }));
      });
      select.addEventListener("change", () => { state.chosen[name] = select.value; again(); });
      select.id = `by-${name}`;
      const field = make("div");
      field.append(make("label", heading, { for: select.id }), select);
      filters.append(field);
      selects[name] = select;
    }

    const table = make("table");
    table.append(make("caption", "Results of this run"));
    const head = make("thead");
    const headings = make("tr");
    const SHOWN = [["verdict", "Verdict"], ["severity", "Severity"], ["control", "Control"], ["address", "Resource"], ["message", "What is so"], ["file", "Place"]];
    SHOWN.splice(2, 0, ["state", "In the history"], ["since", "Since"]); // history
    for (const [name, heading] of SHOWN) {
      const cell = make("th", undefined, { scope: "col" });
      const button = make("button", heading, { type: "button", class: "sort" });
      button.addEventListener("click", () => {
        state.down = state.sort === name && !state.down;
        state.sort = name;
        for (const other of headings.children) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        again();
      });
      cell.append(button);
      headings.append(cell);
    }
    head.append(headings);
    const body = make("tbody");
    table.append(head, body);
    const around = make("div", undefined, { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of all results" });
    around.append(table);

    const dialog = make("dialog", undefined, { "aria-labelledby": "finding" });
    const place = (row) => {
      const file = text("file", row);
      return file && columns.line[row] ? `${file}:${columns.line[row]}` : file;
    };

    function facts(row, column, headings_) {
      const numbers = columns[column][row];
      if (!numbers.length) return null;
      const found = make("table");
      found.append(make("caption", column === "evidence" ? "Evidence" : "What was missing"));
      const top = make("tr");
      for (const heading of headings_) top.append(make("th", heading, { scope: "col" }));
      const thead = make("thead");
      thead.append(top);
      const tbody = make("tbody");
      for (let at = 0; at < numbers.length; at += 4) {
        const line = make("tr");
        const first = make("th", undefined, { scope: "row" });
        first.append(make("code", data.texts[numbers[at]]));
        line.append(first);
        for (let next = 1; next < 4; next += 1) line.append(make("td", data.texts[numbers[at + next]], next === 3 ? { class: "address" } : {}));
        tbody.append(line);
      }
      found.append(thead, tbody);
      return found;
    }

    function open(row) {
      const word = text("verdict", row);
      const close = make("button", "Close", { type: "button", autofocus: "" });
      close.addEventListener("click", () => dialog.close());
      const said = make("p");
      said.append(make("span", word, { class: `verdict ${word.replace(" ", "_")}` }), ` ${text("message", row)}`);
      const list = make("dl", undefined, { class: "facts" });
      const element = text("element", row);
      for (const [heading, value] of [["Control", `${text("control", row)}: ${titleOf(row)}`], ["Severity", text("severity", row)], ["Element", element], ["Account", text("account", row)],
        ["Region", text("region", row)], ["Root", text("root", row)], ["Place", place(row)], ["Accepted", text("note", row)], ["Fingerprint", print(row)]]) {
        if (value) list.append(make("dt", heading), make("dd", value));
      }
      if (text("state", row)) list.append(make("dt", "In the history"), make("dd", `${text("state", row)}, since ${text("since", row)}`)); // history
      const parts = [make("h3", text("address", row), { id: "finding", class: "address" }), said, list,
        facts(row, "evidence", ["Fact", "Observed", "Expected", "Place"]), facts(row, "unknown", ["Fact", "Reason", "What settles it", "Place"]), close];
      dialog.replaceChildren(...parts.filter((part) => part !== null));
      if (!dialog.open) dialog.showModal();
      history.replaceState(null, "", `#f=${print(row)}`);
    }
    dialog.addEventListener("close", () => { if (location.hash.startsWith("#f=")) history.replaceState(null, "", "#results"); });

    function line(row) {
      const word = text("verdict", row);
      const cells = make("tr");
      const first = make("td", undefined, { class: "word" });
      first.append(make("span", word, { class: `verdict ${word.replace(" ", "_")}` }));
      const control = make("td");
      control.append(make("code", text("control", row)));
      const name = make("th", undefined, { scope: "row" });
      const element = text("element", row);
      const opener = make("button", text("address", row) + (element ? ` (${element})` : ""), { type: "button", class: "open" });
      opener.addEventListener("click", () => open(row));
      name.append(opener);
      cells.append(first, make("td", text("severity", row), { class: "word" }), control, name, make("td", text("message", row)), make("td", place(row), { class: "address" }));
      cells.children[1].after(make("td", text("state", row), { class: "word" }), make("td", text("since", row), { class: "word" })); // history
      return cells;
    }

    const before = make("button", "Previous", { type: "button" });
    const after = make("button", "Next", { type: "button" });
    const span = make("span", "");
    const size = make("select", undefined, { "aria-label": "Rows on a page" });
    for (const number of [50, 100, 250]) size.append(make("option", `${number} rows`, { value: String(number) }));
    const copy = make("button", "Copy as CSV", { type: "button" });
    const pages = make("div", undefined, { class: "pages" });
    pages.append(before, span, after, size, copy);
    before.addEventListener("click", () => { state.page -= 1; draw(); });
    after.addEventListener("click", () => { state.page += 1; draw(); });
    size.addEventListener("change", () => { state.size = Number(size.value); state.page = 0; draw(); });

    const quoted = (value) => `"${(/^[=+\-@\t\r]/.test(value) ? "'" : "") + value.replaceAll('"', '""')}"`;
    copy.addEventListener("click", () => {
      const names = ["verdict", "severity", "control", "account", "region", "root", "address", "element", "message", "file"];
      names.push("state", "since"); // history
      const lines = [[...names, "line", "fingerprint"].map(quoted).join(",")];
      for (const row of state.rows) lines.push([...names.map((name) => text(name, row)), String(columns.line[row]), print(row)].map(quoted).join(","));
      const done = () => { status.textContent = `${state.rows.length} rows copied`; };
      const field = make("textarea");
      const byHand = () => {
        field.value = lines.join("\r\n");
        holder.append(field);
        field.select();
        document.execCommand("copy");
        field.remove();
        done();
      };
      if (navigator.clipboard) navigator.clipboard.writeText(lines.join("\r\n")).then(done, byHand);
      else byHand();
    });

    function draw() {
      const first = state.page * state.size;
      body.replaceChildren(...state.rows.slice(first, first + state.size).map(line));
      const last = Math.min(first + state.size, state.rows.length);
      span.textContent = state.rows.length ? `${first + 1} to ${last} of ${state.rows.length}` : "no rows";
      before.disabled = state.page === 0;
      after.disabled = last >= state.rows.length;
    }
    function again() {
      state.rows = matching();
      state.page = 0;
      status.textContent = `${state.rows.length} of ${total} results`;
      draw();
    }
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { state.words = search.value; again(); }, 120);
    });

    function choose(name, value) {
      const number = data.facets[name].indexOf(value);
      if (number < 0) return;
      state.chosen[name] = String(number);
      if (selects[name]) selects[name].value = String(number);
    }
    for (const link of document.querySelectorAll("a.rows")) {
      link.addEventListener("click", () => {
        for (const name of Object.keys(selects)) { state.chosen[name] = ""; selects[name].value = ""; }
        choose("control", link.dataset.control);
        again();
      });
    }
    function follow() {
      const [name, value] = [location.hash.slice(1, 2), decodeURIComponent(location.hash.slice(3))];
      if (location.hash[2] !== "=" || !value) return;
      if (name === "q") { search.value = value; state.words = value; again(); }
      if (name === "c") { choose("control", value); again(); }
      if (name === "f") for (let row = 0; row < total; row += 1) if (print(row).startsWith(value.slice(0, data.prefix))) { open(row); return; }
      holder.scrollIntoView();
    }
    holder.append(filters, status, around, pages, dialog);
    holder.hidden = false;
    document.getElementById("table-needs").hidden = true;
    again();
    holder.dataset.ready = String(total);
    addEventListener("hashchange", follow);
    follow();
  }
})();
