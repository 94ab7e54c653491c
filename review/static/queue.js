// The queue by keyboard: j/k, Enter, x, /; all at once; how many are ticked.
"use strict";
(() => {
  const table = document.getElementById("queue");
  const find = document.querySelector("form.filters input[name=q]");
  const rows = table ? [...table.tBodies[0].rows] : [];
  const ticks = rows.map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  const all = document.getElementById("all"), told = document.getElementById("ticked");
  const words = told ? told.textContent : "";
  let now = -1;

  function count() {
    const number = ticks.filter((tick) => tick.checked).length;
    if (told) told.textContent = number ? told.dataset.count.replace("#", number) : words;
  }
  function move(by) {
    if (!rows.length) return;
    if (now >= 0) rows[now].classList.remove("current");
    now = Math.min(rows.length - 1, Math.max(0, now + by));
    rows[now].classList.add("current");
    rows[now].scrollIntoView({ block: "nearest" });
  }
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    Enter: () => now >= 0 && rows[now].querySelector("a").click(),
    x: () => { if (now >= 0 && ticks[now]) { ticks[now].checked = !ticks[now].checked; count(); } },
    "/": () => find && find.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button, a")) return;
    if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });
  if (all) all.addEventListener("change", () => { ticks.forEach((tick) => { tick.checked = all.checked; }); count(); });
  ticks.forEach((tick) => tick.addEventListener("change", count));
  document.querySelectorAll("form.filters select").forEach((select) => select.addEventListener("change", () => select.form.submit()));
})();
