// The page viewer of a project: shows the page of whatever is clicked, with its box; pages, zoom, turn; keys.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const viewer = at("viewer"), shot = at("shot");
  if (!viewer || !shot) return;
  const [stage, hold, paper, picture, box, marks, caption] = ["stage", "hold", "paper", "picture", "box", "marks", "caption"].map(at);
  const state = { zoom: 1, turn: 0, box: null, page: shot.value };
  const percent = (part) => `${(100 * part).toFixed(3)}%`;

  function place(element, corners) {
    const [x0, y0, x1, y1] = corners;
    Object.assign(element.style, { left: percent(x0), top: percent(y0), width: percent(x1 - x0), height: percent(y1 - y0) });
  }

  function lay() {
    const width = (stage.clientWidth - 2) * state.zoom;
    const height = (width * (picture.naturalHeight || 1414)) / (picture.naturalWidth || 1000);
    const lying = state.turn % 180 !== 0;
    const scale = lying && state.zoom === 1 ? Math.min(1, width / height) : 1;
    Object.assign(paper.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    Object.assign(hold.style, { width: `${(lying ? height : width) * scale}px`, height: `${(lying ? width : height) * scale}px` });
    paper.className = `paper turned-${state.turn}`;
  }

  function seek() {
    box.hidden = !state.box;
    if (!state.box) return;
    const [x0, y0, x1, y1] = state.box, wide = 0.006, high = 0.004;
    place(box, [Math.max(0, x0 - wide), Math.max(0, y0 - high), Math.min(1, x1 + wide), Math.min(1, y1 + high)]);
    const seen = box.getBoundingClientRect(), frame = stage.getBoundingClientRect();
    stage.scrollBy({ top: seen.top - frame.top - frame.height / 3, left: seen.left - frame.left - frame.width / 4 });
  }

  async function load() {
    const large = state.zoom > 1.3 ? "?size=large" : "";
    picture.alt = shot.selectedOptions[0]?.textContent || "";
    picture.src = `${viewer.dataset.base}${state.page}.jpg${large}`;
    try {
      const answer = await fetch(`${viewer.dataset.base}${state.page}.json`);
      if (!answer.ok) return;
      const found = await answer.json();
      marks.replaceChildren(...found.seals.map((corners) => {
        const seal = document.createElement("i");
        seal.className = "seal";
        place(seal, corners);
        return seal;
      }));
      caption.textContent = found.seals.length ? caption.dataset.seals.replace("#", found.seals.length) : caption.dataset.none;
    } catch { caption.textContent = ""; }
  }

  function show(page, corners) {
    const other = page !== state.page;
    state.box = corners ? corners.split(",").map(Number) : null;
    if (other) { state.page = shot.value = page; state.turn = 0; load(); }
    lay();
    seek();
  }

  function step(by) {
    const index = shot.selectedIndex + by;
    if (index >= 0 && index < shot.options.length) show(shot.options[index].value, "");
  }

  function zoom(to) { state.zoom = Math.min(4, Math.max(0.5, to)); load(); lay(); seek(); }
  function turn() { state.turn = (state.turn + 90) % 360; lay(); seek(); }

  function choose(row) {
    document.querySelectorAll(".current").forEach((old) => old.classList.remove("current"));
    row.classList.add("current");
    if (row.dataset.page) show(row.dataset.page, row.dataset.box || "");
  }

  const rows = () => [...document.querySelectorAll("table.fields tbody tr")];
  function walk(by) {
    const list = rows().filter((row) => row.classList.contains("broken") || row.classList.contains("differs") || row.dataset.page);
    const now = list.findIndex((row) => row.classList.contains("current"));
    const next = list[Math.min(list.length - 1, Math.max(0, now + by))];
    if (next) { choose(next); next.scrollIntoView({ block: "center" }); }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("form, summary, button, select, input, textarea")) return;
    const found = event.target.closest(".goto, table.fields tbody tr");
    if (!found) return;
    const line = found.dataset.line && at(found.dataset.line);
    if (found.tagName === "A") event.preventDefault();
    if (line) { choose(line); line.scrollIntoView({ block: "center" }); if (!line.dataset.page && found.dataset.page) show(found.dataset.page, ""); }
    else if (found.tagName === "TR") choose(found);
    else if (found.dataset.page) show(found.dataset.page, found.dataset.box || "");
  });

  document.addEventListener("toggle", (event) => {
    if (event.target.matches("table.fields details.edit") && event.target.open) choose(event.target.closest("tr"));
  }, true);

  const keys = { "[": () => step(-1), "]": () => step(1), "+": () => zoom(state.zoom * 1.25), "=": () => zoom(state.zoom * 1.25), "-": () => zoom(state.zoom / 1.25),
    0: () => zoom(1), r: turn, j: () => walk(1), k: () => walk(-1) };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (keys[event.key]) { keys[event.key](); event.preventDefault(); }
  });

  shot.addEventListener("change", () => show(shot.value, ""));
  at("back").addEventListener("click", () => step(-1));
  at("next").addEventListener("click", () => step(1));
  at("smaller").addEventListener("click", () => zoom(state.zoom / 1.25));
  at("larger").addEventListener("click", () => zoom(state.zoom * 1.25));
  at("fit").addEventListener("click", () => zoom(1));
  at("turn").addEventListener("click", turn);
  picture.addEventListener("load", () => { lay(); seek(); });
  addEventListener("resize", lay);
  load();
  lay();
  const named = location.hash && at(location.hash.slice(1));
  if (named && named.tagName === "TR") choose(named);
})();
