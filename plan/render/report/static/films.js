// One set of controls for the film or films of a change. The longer film leads,
// and the other one follows its time; when that is over, it holds its last frame.
"use strict";
(() => {
  const { $, $$, bindings } = assetform;
  const { viewer, media, say } = assetform.viewer || {};
  const bar = viewer && $("[data-film]", viewer);
  if (!bar) return;
  const films = () => media().filter((m) => m.tagName === "VIDEO");
  const seek = $("[data-film-seek]", bar);
  const button = $("[data-film-play]", bar);
  const speed = $("[data-film-speed]", bar);
  const loop = $("[data-film-loop]", bar);
  const sound = $("[data-film-sound]", bar);

  // Browsers tell nobody how many frames a second has: until a film has
  // played, it is taken to be a cinema's.
  let rate = 24;
  let playing = false;
  const seconds = (film) => (Number.isFinite(film.duration) ? film.duration : 0);
  const leader = () => films().reduce((a, b) => (seconds(b) > seconds(a) ? b : a));
  const frames = () => Math.max(1, Math.round(seconds(leader()) * rate));
  const frameNow = () => Math.min(frames() - 1, Math.floor(leader().currentTime * rate + 0.01));
  const lastFrame = (film) => (seconds(film) ? Math.max(0, seconds(film) - 0.5 / rate) : Infinity); // whose length is not known goes on

  const show = () => {
    const text = (t) => t.toFixed(1);
    seek.max = frames() - 1;
    seek.value = frameNow();
    const time = `${text(Math.min(leader().currentTime, seconds(leader())))} of ${text(seconds(leader()))} s`;
    seek.setAttribute("aria-valuetext", `Frame ${frameNow() + 1} of ${frames()}, ${time}`);
    $("[data-film-time]", bar).textContent = time;
    button.textContent = playing ? "Pause" : "Play";
    const all = films().map(seconds);
    const line = $("[data-film-lengths]", viewer);
    line.hidden = all.length < 2 || !all[0] || !all[1] || text(all[0]) === text(all[1]);
    if (!line.hidden) line.textContent = `Before lasts ${text(all[0])} s and after ${text(all[1])} s; the shorter one holds its last frame.`;
  };
  // The middle of a frame, so that rounding never shows its neighbour.
  const toFrame = (n) => {
    const at = (Math.min(frames() - 1, Math.max(0, n)) + 0.5) / rate;
    for (const film of films()) film.currentTime = Math.min(at, lastFrame(film));
    show();
  };
  // Films that stand show the same frame, whatever one was behind.
  const pause = () => {
    playing = false;
    for (const film of films()) film.pause();
    if (seconds(leader())) toFrame(frameNow());
    else show();
  };
  const start = (film) => film.play().catch((err) => { if (err.name !== "AbortError") pause(); });
  const play = () => {
    playing = true;
    if (leader().ended || seconds(leader()) && frameNow() >= frames() - 1) toFrame(0);
    for (const film of films()) film.playbackRate = Number(speed.value);
    measure(leader());
    requestAnimationFrame(tick);
  };
  const tick = () => {
    if (!playing) return;
    const lead = leader();
    if (lead.ended) {
      if (!loop.checked) { pause(); return; }
      for (const film of films()) film.currentTime = 0;
    }
    if (lead.paused) start(lead);
    for (const film of films()) {
      if (film !== lead) follow(film, lead);
    }
    show();
    requestAnimationFrame(tick);
  };
  // Small drift is made up by playing a little faster or slower, which nobody
  // sees; large drift by a jump.
  const follow = (film, lead) => {
    if (lead.currentTime >= lastFrame(film)) {
      if (!film.paused) film.pause();
      if (film.currentTime < lastFrame(film) && !film.seeking) film.currentTime = lastFrame(film);
      return;
    }
    if (film.paused) start(film);
    const drift = film.currentTime - lead.currentTime;
    const chosen = Number(speed.value);
    film.playbackRate = Math.abs(drift) < 0.02 ? chosen : chosen * (drift > 0 ? 0.9 : 1.1);
    if (Math.abs(drift) > 0.2 && !film.seeking) film.currentTime = lead.currentTime;
  };
  // Two frames that were shown one after the other tell the rate.
  const measure = (film) => {
    if (!film.requestVideoFrameCallback) return;
    const usual = [12, 15, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60];
    let last = null;
    const seen = (_, frame) => {
      if (last && frame.presentedFrames === last.presentedFrames + 1 && frame.mediaTime > last.mediaTime) {
        const is = 1 / (frame.mediaTime - last.mediaTime);
        rate = usual.find((r) => Math.abs(r - is) < 0.02 * r) || rate;
        return;
      }
      last = frame;
      if (playing) film.requestVideoFrameCallback(seen);
    };
    film.requestVideoFrameCallback(seen);
  };
  const toggle = () => { if (playing) pause(); else play(); };
  const step = (by) => {
    if (playing) pause();
    toFrame(frameNow() + by);
    say(`Frame ${frameNow() + 1} of ${frames()}`);
  };

  // A film that a player gives up would keep the other one playing alone.
  const fail = (film) => {
    if (!film.isConnected) return; // another candidate took its place
    pause();
    const version = film.closest("[data-version]")?.dataset.version;
    const problem = $("[data-film-problem]", viewer);
    problem.textContent = `This browser cannot play the film${version ? ` of “${version}”` : ""}${film.currentTime > 0.1 ? ` beyond ${film.currentTime.toFixed(1)} s` : ""}: it is damaged, or coded as this browser does not know.`;
    problem.hidden = false;
  };

  // Of two films the one after is heard.
  const hear = () => { films().forEach((film, i, all) => { film.muted = !sound.checked || i < all.length - 1; }); };
  // The films lose their own controls: one that has those, and plays on its
  // own, is in step with nothing.
  const adopt = (film) => {
    film.controls = false;
    film.loop = false;
    hear();
    film.addEventListener("loadedmetadata", () => {
      // A film that comes later is shown at the time where the others are.
      const others = films().filter((f) => f !== film && f.readyState > 0);
      film.currentTime = others.length ? Math.min(others[0].currentTime, lastFrame(film)) : film.currentTime || 0.001;
      if (playing) play();
      show();
    });
    film.addEventListener("seeked", show);
    film.addEventListener("error", () => fail(film));
    if (film.error) fail(film);
    film.addEventListener("click", () => { if (viewer.dataset.shown !== "swipe") toggle(); });
    if (film.readyState > 0) show();
    bar.hidden = false;
    for (const el of $$("[data-film-keys]")) el.hidden = false;
  };
  viewer.addEventListener("film", (event) => adopt(event.detail));
  films().forEach(adopt);

  button.addEventListener("click", toggle);
  for (const el of $$("[data-film-step]", bar)) el.addEventListener("click", () => step(Number(el.dataset.filmStep)));
  seek.addEventListener("input", () => {
    if (playing) pause();
    toFrame(Number(seek.value));
  });
  sound.addEventListener("change", hear);
  speed.addEventListener("change", () => { for (const film of films()) film.playbackRate = Number(speed.value); });
  // What Space does something else on; a choice that was made is none of it.
  const onControl = (event) => event.target.closest("button:not([aria-checked=true]), input[type=checkbox], select, summary, video[controls], .text, [data-pans]");
  Object.assign(bindings, {
    " ": (event) => { if (onControl(event)) return false; toggle(); return true; },
    ",": () => { step(-1); },
    ".": () => { step(1); },
  });
})();
