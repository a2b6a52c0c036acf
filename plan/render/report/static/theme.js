// Sets the theme before the page is painted. Without a choice the system's
// theme holds, which the style sheet asks for by itself.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("assetform-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing for local files: the choice lasts a page.
  }
})();
