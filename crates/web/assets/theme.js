// Puts the theme that the reader chose on the page before it is drawn; without a choice the system's holds. No module, so that it runs first.
(() => {
  try {
    const chosen = localStorage.getItem('lookalike.theme');
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be switched off; then the system's theme holds.
  }
})();
