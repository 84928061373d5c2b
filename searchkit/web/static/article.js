// What the page of an article gains with JavaScript: n and p lead from match to match, and nothing is loaded anew.

const steps = document.getElementById("steps");

if (steps) {
  const last = Number(steps.dataset.matches);
  const keys = { n: 1, p: -1 };

  const current = () => Number(/^#m(\d+)$/.exec(location.hash)?.[1] ?? 0);

  /** Go to the next or the previous match; behind the last one comes the first. */
  function step(by) {
    const at = current();
    const next = at + by;
    location.replace(`#m${next > last ? 1 : next < 1 ? last : next}`);
  }

  function show() {
    document.getElementById("step").textContent = current() || "–";
  }

  steps.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    step(link.rel === "next" ? 1 : -1);
  });

  addEventListener("keydown", (event) => {
    const by = keys[event.key];
    const isTyped = event.isComposing || event.target.closest("input, textarea, select");
    if (!by || isTyped || event.altKey || event.ctrlKey || event.metaKey) return;
    step(by);
  });

  addEventListener("hashchange", show);
  show();
}
