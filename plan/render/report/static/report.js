// What scripts add to the report: themes, filters and the keyboard; viewer.js
// and films.js add to the page of one change. Everything can be read without
// them.
"use strict";
(() => {
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // What one page tells the next one of the same report; some browsers keep
  // nothing for local files, and then each page stands alone.
  const report = "assetform " + new URL(document.body.dataset.page ? ".." : ".", location.href).pathname + " ";
  const memory = {
    get(name) { try { return sessionStorage.getItem(report + name); } catch { return null; } },
    set(name, value) { try { sessionStorage.setItem(report + name, value); } catch { /* see above */ } },
  };

  // ---- Themes ----

  const themes = ["system", "light", "dark"];
  const themeNow = () => root.dataset.theme || "system";
  const showTheme = () => {
    for (const el of $$("[data-theme-name]")) {
      const name = themeNow();
      el.textContent = name[0].toUpperCase() + name.slice(1);
      el.parentElement.setAttribute("aria-label", "Theme: " + name);
    }
  };
  const nextTheme = () => {
    const name = themes[(themes.indexOf(themeNow()) + 1) % themes.length];
    if (name === "system") delete root.dataset.theme;
    else root.dataset.theme = name;
    try { localStorage.setItem("assetform-theme", name); } catch { /* see theme.js */ }
    showTheme();
  };
  showTheme();

  // ---- The list of changes ----

  const search = $("#search");
  const list = $("[data-list]");
  const cards = $$("[data-item]").map((el) => ({
    el,
    link: $("[data-open]", el),
    page: el.dataset.page,
    text: $("[data-text]", el).textContent.toLowerCase(),
  }));
  let shown = cards; // what the filters leave
  const chips = $$("[data-filter]");
  const filters = [...new Set(chips.map((c) => c.dataset.filter))];
  const chosen = (filter) => chips
    .filter((c) => c.dataset.filter === filter && c.getAttribute("aria-pressed") === "true")
    .map((c) => c.dataset.value);
  // An asset has one value of each filter, but of states it has several.
  const has = (el, filter, value) => filter === "state" ? el.dataset.state.split(" ").includes(value) : el.dataset[filter] === value;

  // Taking cards out is much faster than hiding a thousand of them. The first
  // ones come at once and the others while nobody types: to a browser that
  // describes the page for a screen reader each of them costs milliseconds.
  const atOnce = 60;
  let coming = 0; // the timer of the next ones
  const fill = () => {
    clearTimeout(coming);
    const now = [...list.children];
    let same = 0;
    while (same < shown.length && now[same] === shown[same].el) same++;
    for (const el of now.slice(same)) el.remove();
    const more = () => {
      const next = shown.slice(list.children.length, list.children.length + atOnce);
      list.append(...next.map((c) => c.el));
      if (list.children.length < shown.length) coming = setTimeout(more, 30);
    };
    if (same < shown.length) more();
  };
  const focusOn = (card) => {
    if (!card.el.isConnected) { // what is focused has to be there
      clearTimeout(coming);
      list.append(...shown.slice(list.children.length).map((c) => c.el));
    }
    card.link.focus();
    if (list.classList.contains("picks")) card.el.scrollIntoView(); // with all of its candidates
  };

  const applyFilters = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.map((name) => ({ name, values: chosen(name) })).filter((f) => f.values.length);
    shown = cards.filter((c) => wanted.every((f) => f.values.some((v) => has(c.el, f.name, v)))
      && words.every((w) => c.text.includes(w)));
    fill();
    $("#shown").textContent = shown.length;
    $("#nothing").hidden = shown.length > 0;
    memory.set("pages", JSON.stringify(shown.map((c) => c.page)));
    const state = new URLSearchParams();
    if (search.value) state.set("text", search.value);
    for (const f of wanted) state.set(f.name, f.values.join(","));
    const hash = state.toString();
    memory.set("filters", hash);
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };
  const readFilters = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    search.value = state.get("text") || "";
    for (const c of chips) {
      const values = (state.get(c.dataset.filter) || "").split(",");
      c.setAttribute("aria-pressed", String(values.includes(c.dataset.value)));
    }
    applyFilters();
  };
  const clearFilters = () => {
    search.value = "";
    for (const c of chips) c.setAttribute("aria-pressed", "false");
    applyFilters();
  };
  const focusedCard = () => cards.find((c) => c.el.contains(document.activeElement));
  const moveFocus = (step) => {
    const at = shown.indexOf(focusedCard());
    const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + step))];
    if (next) focusOn(next);
  };

  if (search) {
    let typed = 0;
    search.addEventListener("input", () => {
      clearTimeout(typed);
      if (cards.length <= 200) applyFilters();
      else typed = setTimeout(applyFilters, 150);
    });
    for (const c of chips) {
      c.addEventListener("click", () => {
        c.setAttribute("aria-pressed", String(c.getAttribute("aria-pressed") !== "true"));
        applyFilters();
      });
    }
    window.addEventListener("hashchange", () => {
      if (location.hash !== "#changes") readFilters();
    });
    readFilters();
    const last = memory.get("last");
    const back = last && shown.find((c) => c.page === last);
    if (back) focusOn(back);
    for (const c of cards) c.link.addEventListener("click", () => memory.set("last", c.page));
  }

  // How long a prompt is matters where its card cuts it off.
  const cut = new ResizeObserver((entries) => {
    for (const { target } of entries) target.nextElementSibling.hidden = target.scrollHeight <= target.clientHeight;
  });
  for (const prompt of $$(".card-prompt[data-long]")) cut.observe(prompt);

  // Films show a frame before they play. They are loaded while their place is
  // near the screen, and given up when it is not: a thousand players are more
  // than a browser has.
  const films = new Map(); // by the place that is watched: a card may not be laid out yet
  for (const film of $$("video[data-src]")) {
    const place = film.closest("[data-item]") || film;
    films.set(place, [...(films.get(place) || []), film]);
  }
  if (films.size) {
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        for (const film of films.get(target)) {
          if (isIntersecting && !film.hasAttribute("src")) {
            film.preload = "metadata";
            film.src = film.dataset.src + "#t=0.01"; // some browsers show nothing of a film that stands at 0
          } else if (!isIntersecting && film.hasAttribute("src") && film.paused) {
            film.removeAttribute("src");
            film.load();
          }
        }
      }
    }, { rootMargin: "100% 0px" });
    for (const place of films.keys()) near.observe(place);
  }

  // ---- Commands to copy ----

  // Pages that come from a server without TLS have no clipboard, but may copy
  // what is selected.
  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand("copy");
    }
  };
  const tellCopied = async (label, code) => {
    const before = label.dataset.copyText ||= label.textContent;
    const done = await copy(code);
    label.textContent = done ? "Copied" : "Selected";
    const said = $("[data-copied]");
    if (said) said.textContent = (done ? "Copied: " : "Selected, to be copied: ") + code.textContent;
    setTimeout(() => { label.textContent = before; }, 2000);
  };
  for (const button of $$("[data-copy]")) {
    const code = $("code", button.parentElement);
    button.addEventListener("click", () => tellCopied($("[data-copy-text]", button), code));
  }

  // ---- Candidates that are chosen, on the page of what waits for a pick ----

  // Every choice is a command that somebody runs; all of them are copied at
  // once. The choices are kept while the tab is open.
  const bar = $("[data-chosen]");
  const chosenNow = new Map(); // numbers by page
  const readChosen = () => {
    let kept = [];
    try { kept = Object.entries(JSON.parse(memory.get("chosen")) || {}); } catch { /* another page wrote it */ }
    for (const [name, number] of kept) {
      const card = cards.find((c) => c.page === name);
      if (card && $(`[data-number="${Number(number)}"]`, card.el)) chosenNow.set(name, Number(number));
    }
  };
  const showChosen = () => {
    const commands = [];
    for (const c of cards) {
      for (const li of $$("[data-number]", c.el)) {
        const on = chosenNow.get(c.page) === Number(li.dataset.number);
        if (on === li.classList.contains("strip-chosen") && !on) continue;
        li.classList.toggle("strip-chosen", on);
        const button = $("[data-choose]", li);
        button.setAttribute("aria-pressed", String(on));
        button.firstChild.textContent = on ? "Chosen" : "Choose";
        if (on) commands.push($("code", li).textContent);
      }
    }
    bar.hidden = commands.length === 0;
    $("[data-chosen-count]", bar).textContent = `${commands.length} of ${cards.length} chosen`;
    $("[data-chosen-list]", bar).textContent = commands.join("\n");
  };
  const choose = (card, number) => {
    if (!$(`[data-number="${number}"]`, card.el)) return false;
    const taken = chosenNow.get(card.page) === number;
    if (taken) chosenNow.delete(card.page);
    else chosenNow.set(card.page, number);
    memory.set("chosen", JSON.stringify(Object.fromEntries(chosenNow)));
    showChosen();
    $("[data-copied]").textContent = `Candidate ${number} ${taken ? "is not chosen any more" : "is chosen"}`;
    return true;
  };
  const copyAll = () => {
    if (bar.hidden) return false;
    $("details", bar).open ||= !navigator.clipboard; // what is selected has to be seen
    tellCopied($("[data-command=copy-all] [data-copy-text]", bar), $("[data-chosen-list]", bar));
    return true;
  };
  if (bar) {
    readChosen();
    showChosen();
    for (const card of cards) {
      for (const li of $$("[data-number]", card.el)) $("[data-choose]", li).addEventListener("click", () => choose(card, Number(li.dataset.number)));
    }
  }

  // ---- One change ----

  // The filters of the list decide what comes before and after.
  const page = document.body.dataset.page;
  const steps = { prev: $("[data-command=prev]"), next: $("[data-command=next]") };
  const readPages = () => {
    try {
      const list = JSON.parse(memory.get("pages"));
      return Array.isArray(list) && list.every((p) => /^[a-z0-9-]+\.html$/.test(p)) ? list : [];
    } catch {
      return [];
    }
  };
  if (page) {
    const pages = readPages();
    const at = pages.indexOf(page);
    if (at >= 0) {
      $("[data-position]").textContent = `${at + 1} of ${pages.length}`;
      for (const [el, to] of [[steps.prev, pages[at - 1]], [steps.next, pages[at + 1]]]) {
        if (to) el.setAttribute("href", to);
        else el.removeAttribute("href");
        el.toggleAttribute("aria-disabled", false);
        if (!to) el.setAttribute("aria-disabled", "true");
      }
    }
    const filters = memory.get("filters");
    if (filters) $("[data-command=up]").setAttribute("href", "../index.html#" + filters);
    memory.set("last", page);
  }

  // ---- Commands and keys ----

  const keys = $("#keys");
  const go = (link) => { if (link && link.hasAttribute("href")) link.click(); };
  const commands = {
    theme: nextTheme,
    help: () => keys.showModal(),
    clear: () => { clearFilters(); search.focus(); },
    "copy-all": copyAll,
    unchoose: () => {
      chosenNow.clear();
      memory.set("chosen", "{}");
      showChosen();
    },
  };
  for (const el of $$("button[data-command]")) el.addEventListener("click", () => commands[el.dataset.command]());

  // What the scripts of one change add: functions by key, which say false
  // where the key is not theirs after all.
  const bindings = {};
  const up = $("[data-command=up]");
  // On these the arrows move something else.
  const takesArrows = "input[type=range], video, .text, [data-pans]";

  document.addEventListener("keydown", (event) => {
    // Some keyboards have brackets only with AltGraph.
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (modified && !event.getModifierState("AltGraph") || keys.open) return;
    const typing = event.target.closest("input:not([type=range], [type=checkbox]), select, textarea");
    if (typing && !(typing === search && (event.key === "Escape" || event.key === "Enter"))) return;
    const step = (link) => () => go(link);
    const focused = bar && focusedCard();
    const bound = {
      t: nextTheme,
      "?": commands.help,
      ...(search && {
        "/": () => search.focus(),
        j: () => moveFocus(1),
        k: () => moveFocus(-1),
        Escape: () => { clearFilters(); search.blur(); },
      }),
      ...(bar && focused && Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [n, () => choose(focused, n)]))),
      ...(bar && { c: copyAll }),
      ...(search && typing && { Enter: () => moveFocus(1) }),
      ...(page && { k: step(steps.prev), p: step(steps.prev), j: step(steps.next), n: step(steps.next), Escape: step(up) }),
      ...(page && !event.target.closest(takesArrows) && { ArrowLeft: step(steps.prev), ArrowRight: step(steps.next) }),
      ...bindings,
    }[event.key];
    if (!bound || bound(event) === false) return;
    event.preventDefault();
  });

  globalThis.assetform = { $, $$, memory, steps, go, bindings };
})();
