"use strict";
(() => {
  const HOME = "https://photos.google.com";
  const PREFIX = "lookalike-handoff:";
  const sections = [...document.querySelectorAll("section[data-step]")];
  const rows = [...document.querySelectorAll(".row")];
  const steps = [...document.querySelectorAll(".steps a")];
  const byId = (id) => document.getElementById(id);
  let kept = true;
  const store = {
    get(name) { try { return localStorage.getItem(PREFIX + name); } catch { kept = false; return null; } },
    set(name, value) {
      try { value === null ? localStorage.removeItem(PREFIX + name) : localStorage.setItem(PREFIX + name, value); } catch { kept = false; }
      byId("unkept").hidden = kept;
    },
  };
  const box = (row) => row.querySelector("input[type=checkbox]");
  const words = (done, all) => `${done} of ${all} done, ${all - done} left`;

  function count() {
    let done = 0;
    sections.forEach((section, at) => {
      const own = [...section.querySelectorAll(".row")];
      const ticked = own.filter((row) => box(row).checked).length;
      section.querySelector(".count").textContent = words(ticked, own.length);
      section.querySelector("progress").value = ticked;
      steps[at].classList.toggle("whole", ticked === own.length);
      steps[at].title = words(ticked, own.length);
      done += ticked;
    });
    byId("count").textContent = words(done, rows.length);
    byId("bar").value = done;
  }

  function tick(row, isTicked) {
    box(row).checked = isTicked;
    row.classList.toggle("ticked", isTicked);
    store.set("tick:" + row.dataset.key, isTicked ? "1" : null);
    count();
  }

  function read() {
    for (const row of rows) {
      const isTicked = store.get("tick:" + row.dataset.key) === "1";
      box(row).checked = isTicked;
      row.classList.toggle("ticked", isTicked);
    }
    byId("unkept").hidden = kept;
    count();
  }

  function show(number) {
    const wanted = Math.min(Math.max(number, 1), sections.length);
    sections.forEach((section, at) => { section.hidden = at + 1 !== wanted; });
    steps.forEach((step, at) => { at + 1 === wanted ? step.setAttribute("aria-current", "step") : step.removeAttribute("aria-current"); });
  }

  const shown = () => sections.findIndex((section) => !section.hidden) + 1;
  const asked = () => Number.parseInt((location.hash.match(/^#step-(\d+)$/) || [])[1] || "0", 10);
  const firstOpen = () => sections.findIndex((section) => [...section.querySelectorAll(".row")].some((row) => !box(row).checked)) + 1 || 1;

  function account(index) {
    for (const link of document.querySelectorAll("a[data-path]")) {
      link.href = HOME + (index === "" ? "" : "/u/" + index) + link.dataset.path;
    }
  }

  function move(by) {
    const own = rows.filter((row) => row.offsetParent !== null);
    const at = own.indexOf(document.activeElement && document.activeElement.closest(".row"));
    const next = own[Math.min(Math.max(at + by, 0), own.length - 1)];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  function go(number) {
    location.hash = "#step-" + Math.min(Math.max(number, 1), sections.length);
  }

  document.addEventListener("change", (event) => {
    const row = event.target.closest(".row");
    if (row) tick(row, event.target.checked);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("select")) return;
    const row = document.activeElement && document.activeElement.closest(".row");
    const press = (which) => { const link = row && row.querySelector(which); if (link) link.click(); };
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "o": press(".goes a[data-path]"); break;
      case "i": press(".stays a[data-path]"); break;
      case "x": if (row) { move(1); tick(row, !box(row).checked); } break;
      case "n": go(shown() + 1); break;
      case "p": go(shown() - 1); break;
      default: return;
    }
    event.preventDefault();
  });
  window.addEventListener("hashchange", () => { show(asked() || 1); window.scrollTo(0, 0); });
  window.addEventListener("storage", read);
  byId("hide").addEventListener("change", (event) => document.body.classList.toggle("hide", event.target.checked));
  const choice = byId("account");
  const written = choice.dataset.written;
  // What was chosen here counts until the page is written for another account.
  const [forWritten, chosen] = (store.get("account") || "|").split("|");
  choice.value = forWritten === written && store.get("account") !== null ? chosen : written;
  choice.addEventListener("change", () => { store.set("account", written + "|" + choice.value); account(choice.value); });
  account(choice.value);
  document.documentElement.classList.add("scripted");
  if (sections.length > 0) { read(); show(asked() || firstOpen()); }
})();
