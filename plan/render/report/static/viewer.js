// The viewer of one change: how both sides are laid beside or over each other,
// how large, and which candidate stands for the state after. There is one pair
// of pictures or films, which styles put where a mode wants it.
"use strict";
(() => {
  const { $, $$, memory, steps, go, bindings } = assetform;
  const viewer = $("[data-viewer]");
  if (!viewer) return;
  const stage = $("[data-stage]", viewer);
  const pile = $(".pile", viewer);
  const figures = $(".figures", viewer);
  const figureOf = (version) => $(`.figure[data-version="${version}"]`, figures);
  const sideOf = (figure) => figure && { figure, frame: $(".frame", figure), get medium() { return $("img, video", this.frame); } };
  const before = sideOf(figureOf("Before"));
  const after = sideOf(figureOf("After") || $(".figure:not([data-version])", figures));
  const sides = [before, after].filter(Boolean);
  const media = () => sides.map((s) => s.medium).filter(Boolean);
  const isFilm = (medium) => medium.tagName === "VIDEO";
  // A film's size may be known to its player alone.
  const sizeOf = (medium) => ({
    w: medium.videoWidth || Number(medium.getAttribute("width")) || medium.naturalWidth || 1,
    h: medium.videoHeight || Number(medium.getAttribute("height")) || medium.naturalHeight || 1,
  });
  const saidTo = $("[data-said]", viewer);
  const say = (text) => { saidTo.textContent = text; };

  // ---- Modes ----

  const modes = $$("[data-mode]", viewer);
  let mode = "side";
  let wanted = null; // the mode that the reader chose, or who made the link; a page may lack it
  let candidate = null; // the number of the one that is shown instead of the state after
  const names = ["side", "swipe", "onion", "difference", "heat"];

  // The mode goes along to the next page, also where a browser keeps nothing.
  const writeAddress = () => {
    const state = new URLSearchParams();
    if (wanted) state.set("mode", wanted);
    for (const link of [steps.prev, steps.next]) {
      const to = link.getAttribute("href");
      if (to && wanted) link.setAttribute("href", to.split("#")[0] + "#" + state);
    }
    if (candidate) state.set("candidate", candidate);
    const hash = String(state);
    if (!hash && !/[#&](mode|candidate)=/.test(location.hash)) return;
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  };
  const showMode = (name, keepAddress = false) => {
    mode = name;
    for (const m of modes) {
      const on = m.dataset.mode === name;
      m.setAttribute("aria-checked", String(on));
      m.tabIndex = on ? 0 : -1;
    }
    for (const el of $$("[data-for]", viewer)) el.hidden = el.dataset.for !== name;
    viewer.dataset.shown = name;
    figures.classList.toggle("stacked", name !== "side");
    layOut();
    if (!keepAddress) writeAddress();
  };
  const chooseMode = (name) => {
    const m = modes.find((one) => one.dataset.mode === name);
    if (!m || m.disabled) return false;
    memory.set("mode", name);
    wanted = name;
    if (name !== mode) say(m.textContent);
    showMode(name);
    return true;
  };
  for (const m of modes) {
    m.addEventListener("click", () => chooseMode(m.dataset.mode));
    m.addEventListener("keydown", (event) => {
      const open = modes.filter((one) => !one.disabled);
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const to = { Home: open[0], End: open.at(-1) }[event.key] || (by && open[(open.indexOf(m) + by + open.length) % open.length]);
      if (!to || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      chooseMode(to.dataset.mode);
      to.focus();
    });
  }

  // ---- Sizes ----

  // zoom is how many pixels of the screen a pixel has; 0 fits it to its place.
  let zoom = 0;
  const zooms = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16];
  const widest = 16384; // of what browsers draw
  const small = 128; // up to this side, what fits is made larger by a whole number
  const places = () => (mode === "side" ? sides.map((s) => s.frame) : [stage]);
  const factor = (size) => (Math.max(size.w, size.h) <= small ? Math.max(1, Math.floor(320 / Math.max(size.w, size.h))) : 1);

  const layOut = () => {
    const all = media();
    if (!all.length) return;
    const sizes = all.map(sizeOf);
    const box = { w: Math.max(...sizes.map((s) => s.w)), h: Math.max(...sizes.map((s) => s.h)) };
    const scale = zoom || factor(box);
    pile.style.setProperty("--w", box.w);
    pile.style.setProperty("--h", box.h);
    pile.style.setProperty("--scale", scale);
    viewer.classList.toggle("zoomed", zoom > 0);
    viewer.classList.toggle("magnified", scale > 1);
    all.forEach((medium, i) => {
      medium.style.width = mode === "side" && (zoom || scale > 1) ? sizes[i].w * scale + "px" : "";
    });
    const clear = all.some((medium) => medium.classList.contains("alpha"));
    pile.classList.toggle("alpha", clear && (mode === "swipe" || mode === "onion"));
    const same = sizes.every((s) => s.w === box.w && s.h === box.h);
    const fits = sizes.every((s) => Math.abs(s.w / s.h - sizes[0].w / sizes[0].h) < 0.01 * (s.w / s.h));
    onBlack(all, (mode === "difference" || mode === "heat") && (clear || !fits));
    underlay(all, mode === "heat");
    tellShape(all, sizes, same, fits);
    for (const [name, on] of [["fit", !zoom], ["one", zoom === 1]]) $(`[data-zoom=${name}]`, viewer).setAttribute("aria-pressed", String(on));
    requestAnimationFrame(afterLayout);
  };
  // What has room to pan takes the focus, so that the keyboard reaches all of it.
  const afterLayout = () => {
    const open = places().filter((el) => zoom && (el.scrollWidth > el.clientWidth + 1 || el.scrollHeight > el.clientHeight + 1));
    for (const el of [stage, ...sides.map((s) => s.frame)]) {
      const pans = open.includes(el);
      el.toggleAttribute("data-pans", pans);
      if (!pans) { for (const name of ["tabindex", "role", "aria-label"]) el.removeAttribute(name); continue; }
      el.tabIndex = 0;
      el.setAttribute("role", "group");
      el.setAttribute("aria-label", "Enlarged; the arrow keys move it");
    }
    // Sides that are fitted may have a scale each.
    const scales = mode === "side" ? media().map((m) => m.clientWidth / sizeOf(m).w) : [pile.clientWidth / Number(pile.style.getPropertyValue("--w"))];
    const texts = scales.map((s) => (s < 0.095 ? (s * 100).toFixed(1) : Math.round(s * 100)) + " %");
    $("[data-zoom-text]", viewer).textContent = [...new Set(texts)].join(", ");
  };
  const tellShape = (all, sizes, same, fits) => {
    const text = (s) => `${s.w} × ${s.h}`;
    const line = $("[data-shape]", viewer);
    const films = all.some(isFilm);
    line.hidden = same || all.length < 2;
    if (!line.hidden) {
      line.textContent = `The sizes differ: ${text(sizes[0])} before, ${text(sizes[1])} after. ` + (films && !fits
        ? "Films of other proportions are shown side by side alone."
        : "Laid over each other, both are scaled to the same place and nothing is cut off.");
    }
    for (const m of modes) m.disabled = films && !fits && m.dataset.mode !== "side";
    if (films && !fits && mode !== "side") showMode("side");
  };

  // Black on white ground and nothing on black are the same to a difference on
  // one ground; so where something is transparent, or one side is larger, both
  // are also compared on black, and the larger difference counts.
  const onBlack = (all, on) => {
    $(".on-black", figures)?.remove();
    figures.classList.toggle("on-white", on);
    if (!on || all.length < 2) return;
    const group = document.createElement("div");
    group.className = "on-black";
    for (const medium of all) {
      const layer = document.createElement("div");
      layer.append(copyOf(medium));
      group.append(layer);
    }
    figures.append(group);
  };
  // The heat lies over the picture in grey; over films on black.
  const underlay = (all, on) => {
    $(".under", pile)?.remove();
    if (!on || all.length < 2 || isFilm(all[1])) return;
    const copy = copyOf(all[1]);
    copy.classList.add("under");
    pile.prepend(copy);
  };
  const copyOf = (medium) => {
    const copy = document.createElement("img");
    copy.alt = "";
    copy.src = medium.getAttribute("src");
    return copy;
  };

  const setZoom = (to) => {
    const middle = places().map((el) => [(el.scrollLeft + el.clientWidth / 2) / el.scrollWidth, (el.scrollTop + el.clientHeight / 2) / el.scrollHeight]);
    zoom = to;
    layOut();
    places().forEach((el, i) => el.scrollTo(middle[i][0] * el.scrollWidth - el.clientWidth / 2, middle[i][1] * el.scrollHeight - el.clientHeight / 2));
    say(zoom ? `Zoom ${zoom * 100} %` : "Zoom: fit");
  };
  const stepZoom = (by) => {
    const shown = zoom || parseFloat($("[data-zoom-text]", viewer).textContent) / 100;
    const side = Math.max(...media().map(sizeOf).flatMap((s) => [s.w, s.h]));
    const to = by > 0 ? zooms.find((z) => z > shown * 1.01 && z * side <= widest) : zooms.findLast((z) => z < shown * 0.99);
    if (to) setZoom(to);
  };
  const zoomTo = { fit: () => setZoom(0), one: () => setZoom(1), in: () => stepZoom(1), out: () => stepZoom(-1) };
  for (const el of $$("[data-zoom]", viewer)) el.addEventListener("click", zoomTo[el.dataset.zoom]);

  // Both sides pan together. A place that was moved by the other one reports
  // that as well, and is not followed.
  const followed = new Map();
  for (const el of sides.map((s) => s.frame)) {
    el.addEventListener("scroll", () => {
      if (followed.get(el) === el.scrollLeft + " " + el.scrollTop) return;
      for (const { frame } of sides) {
        if (frame === el) continue;
        const part = (now, all, seen) => now / Math.max(1, all - seen);
        frame.scrollTo(part(el.scrollLeft, el.scrollWidth, el.clientWidth) * (frame.scrollWidth - frame.clientWidth),
          part(el.scrollTop, el.scrollHeight, el.clientHeight) * (frame.scrollHeight - frame.clientHeight));
        followed.set(frame, frame.scrollLeft + " " + frame.scrollTop);
      }
    });
  }

  // ---- Sliders and pointers ----

  const setSwipe = (percent) => {
    const p = Math.min(100, Math.max(0, percent));
    $("[data-swipe]", viewer).value = p;
    figures.style.setProperty("--pos", p + "%");
  };
  const onInput = (selector, use) => {
    const input = $(selector, viewer);
    if (!input) return;
    input.addEventListener("input", () => use(Number(input.value), input));
    use(Number(input.value), input);
  };
  onInput("[data-swipe]", setSwipe);
  onInput("[data-onion]", (percent) => figures.style.setProperty("--onion", percent / 100));
  onInput("[data-gain]", (gain) => {
    figures.style.setProperty("--gain", gain);
    $("[data-gain-text]", viewer).textContent = gain + "×";
  });
  // The levels that the report has counted the pixels for, of 255.
  const levels = [0, 1, 2, 4, 8, 16, 32, 64, 128];
  let counted = viewer; // what the numbers of what is shown stand on
  let level = 0;
  const tellShare = () => {
    const text = $("[data-share]", viewer);
    if (!text) return;
    const shares = (counted.dataset.shares || "").split(" ").filter(Boolean);
    text.textContent = shares.length
      ? `${shares[levels.indexOf(level)].replace("<", "Less than ").replace(">", "More than ")} % of the pixels differ${level ? ` by more than ${level} of 255` : ""}.`
      : "How many pixels differ was not counted: that is done for two pictures of one size.";
  };
  onInput("[data-threshold]", (at, input) => {
    level = levels[at];
    const text = level ? `${level} of 255` : "nothing";
    $("[data-cut]", viewer).setAttribute("intercept", String(-level));
    $("[data-threshold-text]", viewer).textContent = text;
    input.setAttribute("aria-valuetext", text);
    tellShare();
  });

  let from = null; // where a pointer was pressed, and how far its place was panned
  const dragged = (event) => {
    const box = pile.getBoundingClientRect();
    if (box.width) setSwipe(((event.clientX - box.left) / box.width) * 100);
  };
  stage.addEventListener("dragstart", (event) => event.preventDefault());
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("a, button, input, label, summary")) return;
    const place = event.target.closest("[data-pans]");
    const swipes = mode === "swipe" && pile.contains(event.target);
    from = { x: event.clientX, y: event.clientY, place, swipes, left: place?.scrollLeft, top: place?.scrollTop };
    if (swipes) dragged(event);
    if (swipes || place && event.pointerType === "mouse") stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    if (!from || !stage.hasPointerCapture(event.pointerId)) return;
    if (from.swipes) dragged(event);
    else from.place.scrollTo(from.left + from.x - event.clientX, from.top + from.y - event.clientY);
  });
  // A finger that wipes across a picture turns the page, unless it moves the
  // picture or the slider, or comes from the edge, which is the browser's.
  stage.addEventListener("pointerup", (event) => {
    const began = from;
    from = null;
    if (!began || event.pointerType !== "touch" || began.swipes || began.place || visualViewport?.scale > 1.01) return;
    const x = event.clientX - began.x;
    if (Math.abs(x) < 60 || Math.abs(x) < 2 * Math.abs(event.clientY - began.y) || began.x < 24 || began.x > innerWidth - 24) return;
    go(x < 0 ? steps.next : steps.prev);
  });
  stage.addEventListener("pointercancel", () => { from = null; });

  // ---- Candidates ----

  const strip = $("[data-strip]");
  const items = strip ? $$("[data-candidate]", strip).filter((li) => li.dataset.file && $("[data-show]", li)) : [];
  const current = items.find((li) => "current" in li.dataset);
  const caption = after && $("figcaption", after.figure);
  const original = after && { caption: [...caption.childNodes], frame: [...after.frame.childNodes] };

  const makeMedium = (li) => {
    const film = "video" in li.dataset;
    const el = document.createElement(film ? "video" : "img");
    const text = (after.figure.dataset.version ? "After: candidate " : "Candidate ") + li.dataset.candidate;
    if (film) Object.assign(el, { controls: true, muted: true, playsInline: true, preload: "metadata" });
    el.setAttribute(film ? "aria-label" : "alt", text);
    for (const name of ["width", "height"]) if (li.dataset[name]) el.setAttribute(name, li.dataset[name]);
    el.classList.toggle("alpha", "alpha" in li.dataset);
    el.src = li.dataset.file;
    return el;
  };
  const tellCaption = (li) => {
    const name = document.createElement("span");
    name.className = "figure-name";
    name.textContent = (after.figure.dataset.version ? "After: candidate " : "Candidate ") + li.dataset.candidate;
    const size = document.createElement("span");
    size.className = "muted";
    size.textContent = li.dataset.width ? `${li.dataset.width} × ${li.dataset.height}` : "";
    const open = document.createElement("a");
    Object.assign(open, { className: "open", href: li.dataset.file, textContent: "Open file" });
    caption.replaceChildren(name, size, open);
  };
  let shown = null;
  const tellShown = (li) => {
    shown = li;
    for (const el of $$("[data-show]")) el.setAttribute("aria-pressed", String(el.dataset.show === li?.dataset.candidate));
  };
  const showCandidate = (li) => {
    const back = li === current && original;
    candidate = back ? null : li.dataset.candidate;
    counted = back ? viewer : li;
    if (back) {
      caption.replaceChildren(...original.caption);
      after.frame.replaceChildren(...original.frame);
    } else {
      tellCaption(li);
      after.frame.replaceChildren(makeMedium(li));
      watch(after.medium);
    }
    after.frame.dataset.corner = back ? "" : "Candidate " + li.dataset.candidate;
    tellShown(li);
    layOut();
    tellShare();
    writeAddress();
    say(`Candidate ${li.dataset.candidate} is shown`);
  };
  const stepCandidate = (by) => {
    if (items.length < 2 || !after) return false;
    const at = items.indexOf(shown);
    showCandidate(items[at < 0 ? 0 : (at + by + items.length) % items.length]);
    return true;
  };
  // Candidates are chosen at the picture, and from the strip, which is below it.
  if (after && items.length) {
    const choices = document.createElement("div");
    choices.className = "choices";
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", "Candidate");
    for (const li of items) {
      const choice = document.createElement("button");
      Object.assign(choice, { type: "button", className: "button", textContent: li.dataset.candidate });
      choice.dataset.show = li.dataset.candidate;
      choice.addEventListener("click", () => showCandidate(li));
      choices.append(choice);
      $("[data-show]", li).addEventListener("click", () => {
        showCandidate(li);
        viewer.scrollIntoView();
      });
    }
    stage.before(choices);
    tellShown(current);
  }

  // What is only known once a medium is there: a film's size, and its player.
  const watch = (medium) => {
    if (!medium) return;
    medium.addEventListener(isFilm(medium) ? "loadedmetadata" : "load", layOut);
    if (isFilm(medium)) viewer.dispatchEvent(new CustomEvent("film", { detail: medium }));
  };

  Object.assign(bindings, {
    ...Object.fromEntries(names.map((name, i) => [i + 1, () => chooseMode(name)])),
    s: () => chooseMode("swipe"), o: () => chooseMode("onion"), d: () => chooseMode("difference"), h: () => chooseMode("heat"),
    z: () => setZoom(zoom ? 0 : 1), "+": () => stepZoom(1), "=": () => stepZoom(1), "-": () => stepZoom(-1),
    "[": () => stepCandidate(-1), "]": () => stepCandidate(1),
  });
  for (const el of $$("[data-strip-keys]")) el.hidden = items.length < 2;
  $("[data-zoom-bar]", viewer).hidden = !media().length && !items.length;

  // ---- The mode and the candidate that the address names ----

  const readAddress = (otherwise) => {
    if (location.hash.startsWith("#frame-")) { // which is seen beside each other alone
      showMode("side", true);
      return;
    }
    const state = new URLSearchParams(location.hash.slice(1));
    const li = items.find((one) => one.dataset.candidate === state.get("candidate"));
    const name = state.get("mode") || otherwise;
    if (names.includes(state.get("mode"))) wanted = name;
    if (modes.some((m) => m.dataset.mode === name && !m.disabled)) showMode(name);
    else showMode("side");
    if (li && after && li.dataset.candidate !== candidate) showCandidate(li);
  };
  assetform.viewer = { viewer, media, say };
  media().forEach(watch);
  readAddress(memory.get("mode"));
  window.addEventListener("hashchange", () => readAddress(mode));
  window.addEventListener("resize", () => requestAnimationFrame(afterLayout));
})();
