"use strict";

// What is shown is in two lists that assetform writes: assets/assets.json names
// the pictures and the film, assets/icons.json where each icon is on the sheet.

const slotColour = 0x2a2136, slotLine = 0x4a3c5c, gold = 0xe9b93c;

// inventory is the Phaser scene: each frame of the sheet in a slot of its own,
// with its name.
const inventory = {
  key: "inventory",

  preload() {
    this.load.atlas("icons", "assets/icons.png", "assets/icons.json");
  },

  create() {
    const names = this.textures.get("icons").getFrameNames().sort();
    this.slots = names.map(name => slot(this, name));
    describe("Choose an item.");
    document.querySelector("#inventory canvas").setAttribute("aria-label", "The items " + names.join(", "));
    arrange(this);
    addEventListener("resize", () => arrange(this));
    this.game.events.once("postrender", () => document.documentElement.dataset.inventory = "drawn");
  },
};

// slot is one item: its place, its icon and its name.
function slot(scene, name) {
  const place = scene.add.graphics();
  const icon = scene.add.image(0, 0, "icons", name).setInteractive({useHandCursor: true});
  const text = scene.add.text(0, 0, name, {fontFamily: "system-ui, sans-serif", fontSize: "16px", color: "#efe6da"}).setOrigin(0.5);
  const it = {name, place, icon, text};
  icon.on("pointerdown", () => choose(scene, it));
  icon.on("pointerover", () => choose(scene, it));
  return it;
}

// arrange gives every item its place: as many in a row as there is room for.
// Sizes are in pixels of the screen, so that icons are as sharp as it is.
function arrange(scene) {
  const width = document.querySelector("#inventory").clientWidth, sharp = window.devicePixelRatio || 1;
  const columns = Math.max(2, Math.min(scene.slots.length, Math.floor(width / 110)));
  const gap = Math.round(12 * sharp);
  const wide = Math.floor((width * sharp - gap * (columns - 1)) / columns);
  const size = Math.min(128 * sharp, wide - 2 * gap), tall = Math.round(size + 56 * sharp);
  const rows = Math.ceil(scene.slots.length / columns);
  scene.scale.resize(Math.floor(width * sharp), rows * tall + (rows - 1) * gap);
  scene.scale.setZoom(1 / sharp); // last: it is what sets the canvas' size on the page
  scene.slots.forEach((it, i) => {
    const x = (i % columns) * (wide + gap), y = Math.floor(i / columns) * (tall + gap);
    it.box = [x + 1, y + 1, wide - 2, tall - 2, Math.round(10 * sharp)];
    const middle = Math.round(x + wide / 2);
    it.icon.setPosition(middle, y + gap + Math.round(size / 2)).setScale(size / it.icon.frame.realWidth);
    it.text.setPosition(middle, y + tall - Math.round(22 * sharp)).setFontSize(Math.round(16 * sharp));
    frame(it, it === scene.chosen);
  });
}

function frame(it, chosen) {
  it.place.clear().fillStyle(slotColour).fillRoundedRect(...it.box);
  it.place.lineStyle(2, chosen ? gold : slotLine).strokeRoundedRect(...it.box);
}

function choose(scene, it) {
  if (scene.chosen === it) {
    return;
  }
  if (scene.chosen) {
    frame(scene.chosen, false);
  }
  scene.chosen = it;
  frame(it, true);
  scene.tweens.add({targets: it.icon, scale: it.icon.scale * 1.08, yoyo: true, duration: 120});
  const {cutX, cutY, cutWidth, cutHeight} = it.icon.frame;
  describe(`${it.name}: ${cutWidth} × ${cutHeight} pixels at ${cutX}, ${cutY} of the sheet`);
}

function describe(text) {
  document.querySelector("#chosen").textContent = text;
}

// showPictures fills the rest of the page from the list.
function showPictures({variant, video}) {
  const film = document.querySelector("#idle");
  film.poster = variant.page.duel.path;
  film.src = video.idle.path;
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    film.play().catch(() => {}); // a browser may not want films to begin by themselves
  }
  for (const {path, width, height, alt} of Object.values(variant.page)) {
    const figure = document.createElement("figure"), img = new Image(width, height), caption = document.createElement("figcaption");
    figure.classList.toggle("tall", height > width);
    img.src = path;
    img.alt = caption.textContent = alt;
    img.loading = "lazy";
    figure.append(img, caption);
    document.querySelector("#gallery").append(figure);
  }
}

fetch("assets/assets.json").then(answer => answer.json()).then(list => showPictures(list.assets));

if (window.Phaser) {
  window.game = new Phaser.Game({
    parent: "inventory", transparent: true, banner: false, audio: {noAudio: true},
    width: 640, height: 200, scale: {mode: Phaser.Scale.NONE}, scene: inventory,
  });
} else {
  describe("Phaser is not here yet: run npm install in the folder of this page.");
}
