// What the search page gains with JavaScript: results and suggestions as one types, and a timeline to drag over.
//
// The server renders every result: a page is fetched by its address, and the parts that differ are put in
// place. So an address shows the same with and without JavaScript, and nothing is rendered twice.

const PARTS = ["live", "switches"];
const WAIT = 20; // milliseconds behind a key: what an input method sends at once is one search

const form = document.getElementById("search");
const box = document.getElementById("q");
const list = document.getElementById("suggestions");
const status = document.getElementById("status");

// -- results

let searching = new AbortController();

/** Show the page at this address; how: "push" or "replace" an entry of the history, or "keep" it. */
async function show(address, how) {
  searching.abort();
  searching = new AbortController();
  const { signal } = searching;
  const live = document.getElementById("live");
  if (!live || address.pathname !== new URL(form.action).pathname) {
    location.assign(address);
    return false;
  }
  live.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (signal.aborted) return false;
    for (const id of PARTS) {
      document.getElementById(id).replaceWith(document.importNode(page.getElementById(id), true));
    }
    document.title = page.title;
    if (how === "push") history.pushState({ typing: false }, "", address);
    if (how === "replace") history.replaceState({ typing: true }, "", address);
    const summary = document.getElementById("summary") ?? document.querySelector("#main h1");
    status.textContent = summary ? summary.textContent : "";
    return true;
  } catch (error) {
    if (error.name !== "AbortError") {
      live.removeAttribute("aria-busy");
      status.textContent = form.dataset.offline;
      status.classList.remove("unseen");
    }
    return false;
  }
}

/** The address of what the form asks for. */
function asked() {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) address.searchParams.append(name, value.trim());
  }
  return address;
}

// Only the page of results is live: an article stays where it is until a search is asked for.
const isLive = () => location.pathname === new URL(form.action).pathname;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  close();
  clearTimeout(waiting);
  show(asked(), "push");
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-live]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const address = new URL(link.href.baseVal ?? link.href, location.href);
  if (!isLive() || address.pathname !== location.pathname) return;
  event.preventDefault();
  if (await show(address, "push")) {
    box.value = address.searchParams.get("q") ?? "";
    document.getElementById("main").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
});

addEventListener("popstate", () => {
  if (!isLive()) return; // a step to another place of an article
  box.value = new URL(location.href).searchParams.get("q") ?? "";
  close();
  show(new URL(location.href), "keep");
});

// -- typing

let waiting;
let suggesting = new AbortController();

box.addEventListener("input", (event) => {
  if (!event.isComposing) typed();
});
box.addEventListener("compositionend", typed);

function typed() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (isLive()) show(asked(), history.state?.typing ? "replace" : pushTyping());
    suggest();
  }, WAIT);
}

/** What is typed in one go is one entry of the history. */
function pushTyping() {
  history.pushState({ typing: true }, "", location.href);
  return "replace";
}

// -- suggestions: a combobox with a list, as the ARIA authoring practices describe it

box.setAttribute("role", "combobox");
box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-controls", list.id);
box.setAttribute("aria-expanded", "false");

async function suggest() {
  suggesting.abort();
  suggesting = new AbortController();
  const { signal } = suggesting;
  const prefix = box.value;
  if (!prefix.trim()) return close();
  const address = new URL(form.dataset.suggest, location.href);
  address.search = new URLSearchParams({ q: prefix, limit: 8 });
  try {
    const answer = await fetch(address, { signal });
    const { suggestions } = answer.ok ? await answer.json() : { suggestions: [] };
    if (!signal.aborted && document.activeElement === box) open(suggestions);
  } catch (error) {
    if (error.name !== "AbortError") close();
  }
  return undefined;
}

function open(suggestions) {
  list.replaceChildren(...suggestions.map(option));
  list.hidden = suggestions.length === 0;
  box.setAttribute("aria-expanded", String(!list.hidden));
  box.removeAttribute("aria-activedescendant");
}

function option({ text, documents }, at) {
  const item = document.createElement("li");
  item.id = `suggestion-${at}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.text = text;
  item.append(part("bdi", "text", text), part("span", "count", documents.toLocaleString("en")));
  return item;
}

function part(element, name, text) {
  const made = document.createElement(element);
  made.className = name;
  made.textContent = text;
  return made;
}

function close() {
  suggesting.abort();
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function choose(text) {
  box.value = text;
  close();
  clearTimeout(waiting);
  show(asked(), "push");
}

function selected() {
  return list.querySelector('[aria-selected="true"]');
}

function select(item) {
  selected()?.setAttribute("aria-selected", "false");
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", item.id);
}

box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const items = [...list.children];
  if (list.hidden || !items.length) {
    if (event.key === "ArrowDown" && !event.altKey) suggest();
    return;
  }
  const at = items.indexOf(selected());
  if (event.key === "ArrowDown") select(items[(at + 1) % items.length]);
  else if (event.key === "ArrowUp") select(items[(at <= 0 ? items.length : at) - 1]);
  else if (event.key === "Enter" && at >= 0) choose(items[at].dataset.text);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});

// Before the box loses its focus, which would close the list.
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (item) choose(item.dataset.text);
});
box.addEventListener("blur", close);

addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// -- timeline: drag from one bar to another; the arrow keys go from bar to bar

let from = null;
let dragged = false;

function barAt(svg, x) {
  const bars = [...svg.querySelectorAll("a")];
  const { left, width } = svg.getBoundingClientRect();
  const at = Math.floor(((x - left) / width) * bars.length);
  return { bars, at: Math.min(Math.max(at, 0), bars.length - 1) };
}

function paint(svg, one, other) {
  const column = svg.querySelectorAll("a")[0].querySelector(".column").width.baseVal.value;
  const brush = svg.querySelector(".brush");
  brush.setAttribute("x", Math.min(one, other) * column);
  brush.setAttribute("width", (Math.abs(one - other) + 1) * column);
}

document.addEventListener("pointerdown", (event) => {
  const svg = event.target.closest?.("svg[data-brush]");
  dragged = false;
  if (svg && event.button === 0) from = { svg, at: barAt(svg, event.clientX).at };
});

document.addEventListener("pointermove", (event) => {
  if (!from) return;
  const { at } = barAt(from.svg, event.clientX);
  if (at !== from.at) dragged = true;
  if (dragged) {
    paint(from.svg, from.at, at);
    from.svg.classList.add("brushing");
  }
});

document.addEventListener("pointerup", (event) => {
  if (!from) return;
  const { svg, at: first } = from;
  from = null;
  svg.classList.remove("brushing");
  if (!dragged) return;
  const { bars, at: last } = barAt(svg, event.clientX);
  const address = new URL(svg.dataset.brush, location.href);
  address.searchParams.set("since", bars[Math.min(first, last)].dataset.since);
  address.searchParams.set("until", bars[Math.max(first, last)].dataset.until);
  show(address, "push");
});

document.addEventListener("pointercancel", () => {
  from?.svg.querySelector(".brush").setAttribute("width", "0");
  from = null;
});

// A drag that ends on a bar is no click on it, and a link is not dragged away.
document.addEventListener("click", (event) => {
  if (dragged && event.target.closest?.("svg[data-brush]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  dragged = false;
}, { capture: true });
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("svg[data-brush]")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const bar = event.target.closest?.("svg[data-brush] a");
  if (!step || !bar) return;
  const bars = [...bar.parentNode.querySelectorAll("a")];
  const next = bars[bars.indexOf(bar) + step];
  if (!next) return;
  event.preventDefault();
  bar.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
});
