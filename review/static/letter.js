// Copies the letter's text.
"use strict";
(() => {
  const copy = document.getElementById("copy"), body = document.getElementById("body");
  if (!copy || !body) return;
  copy.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(body.value); } catch { body.select(); document.execCommand("copy"); }
    copy.textContent = copy.dataset.done;
  });
})();
