(() => {
"use strict";
document.documentElement.classList.add("scripted");
const by = id => document.getElementById(id), data = JSON.parse(by("data").textContent);
const map = by("map"), lines = by("lines"), detail = by("detail"), tip = by("tip");
const marks = [...map.querySelectorAll(".mark")], rows = [...by("table").tBodies[0].rows];
const rowOf = new Map(rows.map(row => [row.dataset.i, row])), markOf = new Map(marks.map(mark => [mark.dataset.i, mark]));
const NS = "http://www.w3.org/2000/svg", whole = [0, 0, 960, 440];
let source = data.chosen, box = whole.slice();

const percent = value => (value / 10).toFixed(1);
const kind = i => Number(i) === data.self[source] ? "source" : data.scores[i][source] === null ? "no score" : data.measured[i][source] === "1" ? "measured" : "expected";
const words = i => {
  const score = data.scores[i][source], low = data.low[i][source], high = data.high[i][source];
  if (kind(i) === "source") return "the source language itself";
  if (score === null) return "nothing measured, nothing expected";
  return kind(i) + " " + percent(score) + (low === null || high === null ? " (no interval)" : " (" + percent(low) + " to " + percent(high) + ")");
};
const colour = value => {
  if (value === null) return "blank";
  const [low, high] = data.limits;
  const [first, last] = data.steps;
  return "k" + (first + Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * (last - first)));
};
const size = i => {
  const [small, large, widest] = data.radius, low = data.low[i][source], high = data.high[i][source];
  if (low === null || high === null) return kind(i) === "measured" ? (small + large) / 2 : small;
  return large - (large - small) * Math.min(1, (high - low) / widest);
};
const shape = (i, r) => {
  if (kind(i) === "source") return "M0 -8L2 -2.6L8 -2.6L3.2 1L5 7L0 3.4L-5 7L-3.2 1L-8 -2.6L-2 -2.6z";
  if (kind(i) === "measured") return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  const s = 1.15 * r;
  return `M0 ${-s}L${s} 0L0 ${s}L${-s} 0z`;
};
const paint = () => {
  marks.forEach(mark => {
    const i = mark.dataset.i, path = mark.querySelector("path");
    mark.setAttribute("class", "mark " + kind(i).replace(" ", "-"));
    path.setAttribute("class", colour(data.scores[i][source]));
    path.setAttribute("d", shape(i, size(i)));
    mark.setAttribute("aria-label", rowOf.get(i).cells[0].textContent + ": " + words(i));
  });
  rows.forEach(row => {
    const i = row.dataset.i, score = data.scores[i][source];
    row.cells[3].textContent = kind(i);
    row.cells[4].textContent = words(i);
    row.cells[4].dataset.v = score === null ? "" : score;
  });
  const n = what => rows.filter(row => kind(row.dataset.i) === what).length, n_measured = n("measured");
  by("n-measured").textContent = n_measured + (n_measured === 1 ? " language" : " languages");
  by("n-expected").textContent = n("expected");
  by("of").textContent = data.codes[source];
  isogloss(); filter();
};

// A line stands only between neighbours that were both measured, on either side of the threshold.
const threshold = by("threshold");
const isogloss = () => {
  const at = 10 * threshold.value, on = threshold.value !== threshold.min;
  by("threshold-text").textContent = on ? threshold.value + " percent" : "off";
  const found = !on ? [] : (data.lines[source] || []).filter(([a, b]) => (data.scores[a][source] < at) !== (data.scores[b][source] < at));
  lines.replaceChildren(...found.map(([a, b, x, y, u, v]) => {
    const path = document.createElementNS(NS, "path");
    path.setAttribute("d", `M${x} ${y}L${u} ${v}`);
    return path;
  }));
};

const shown = () => marks.filter(mark => !mark.hasAttribute("hidden"));
const filter = () => {
  const family = by("family").value, text = by("search").value.trim().toLowerCase(), expected = by("expected").checked;
  rows.forEach(row => {
    const fits = (!family || row.dataset.family === family) && (expected || row.cells[3].textContent === "measured")
      && (!text || (row.cells[0].textContent + " " + row.cells[1].textContent).toLowerCase().includes(text));
    row.hidden = !fits;
    const mark = markOf.get(row.dataset.i);
    if (mark) { if (fits) mark.removeAttribute("hidden"); else mark.setAttribute("hidden", ""); }
  });
  const there = shown();
  if (!there.some(mark => mark.getAttribute("tabindex") === "0")) {
    marks.forEach(mark => mark.setAttribute("tabindex", "-1"));
    if (there.length) there[0].setAttribute("tabindex", "0");
  }
};

const choose = i => {
  [...marks, ...rows].forEach(each => each.classList.toggle("on", each.dataset.i === i));
  const row = rowOf.get(i), head = document.createElement("h2"), line = document.createElement("p"), why = document.createElement("p");
  head.textContent = row.cells[0].textContent + " (" + row.cells[1].textContent + ")";
  line.textContent = row.cells[2].textContent + ": " + row.cells[4].textContent;
  why.textContent = "Best sources:";
  detail.replaceChildren(head, line, why, row.cells[5].querySelector("ol").cloneNode(true));
};
const focus = mark => {
  marks.forEach(each => each.setAttribute("tabindex", each === mark ? "0" : "-1"));
  mark.focus({ preventScroll: true });
};
const place = mark => mark.getAttribute("transform").match(/[-\d.]+/g).map(Number);
const step = (mark, dx, dy) => {
  const [x, y] = place(mark);
  let best = null, least = Infinity;
  shown().forEach(other => {
    if (other === mark) return;
    const [u, v] = place(other), along = (u - x) * dx + (v - y) * dy, across = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
    if (along <= 0.05 || across > 3 * along) return;
    const cost = along + 2 * across;
    if (cost < least) { least = cost; best = other; }
  });
  if (best) { focus(best); choose(best.dataset.i); }
};
const arrows = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
map.addEventListener("keydown", event => {
  const mark = event.target.closest(".mark");
  if (event.key === "+" || event.key === "=") zoom(1 / 1.5); else if (event.key === "-") zoom(1.5);
  else if (mark && arrows[event.key]) { event.preventDefault(); step(mark, ...arrows[event.key]); }
  else if (mark && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); choose(mark.dataset.i); }
});
map.addEventListener("focusin", event => { const mark = event.target.closest(".mark"); if (mark) choose(mark.dataset.i); });
rows.forEach(row => row.addEventListener("click", () => choose(row.dataset.i)));

map.addEventListener("pointermove", event => {
  const mark = event.target.closest(".mark");
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.getAttribute("aria-label");
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = Math.max(8, Math.min(event.clientX + 12, room)) + "px";
  tip.style.top = event.clientY - tip.offsetHeight - 10 + "px";
});
map.addEventListener("pointerleave", () => { tip.hidden = true; });

// Zoom and drag move the view box; marks keep their size.
const view = () => {
  box[2] = Math.min(whole[2], Math.max(30, box[2])); box[3] = box[2] * ratio();
  box[0] = Math.min(Math.max(box[0], -40), 1000 - box[2]); box[1] = Math.min(Math.max(box[1], -40), 480 - Math.min(box[3], 480));
  map.setAttribute("viewBox", box.map(value => value.toFixed(2)).join(" "));
  const scale = Math.max(0.12, (box[2] / 960) * Math.max(1, Math.min(2.2, 700 / (map.clientWidth || 960))));
  marks.forEach(mark => mark.firstElementChild.setAttribute("transform", `scale(${scale.toFixed(3)})`));
};
const ratio = () => (map.clientHeight && map.clientWidth ? map.clientHeight / map.clientWidth : 440 / 960);
const zoom = (factor, x = box[0] + box[2] / 2, y = box[1] + box[3] / 2) => {
  const before = box[2];
  box[2] = Math.min(whole[2], Math.max(30, box[2] * factor)); box[3] = box[2] * ratio();
  box[0] = x - (x - box[0]) * box[2] / before; box[1] = y - (y - box[1]) * box[2] / before;
  view();
};
const home = () => {
  const across = shown().map(mark => place(mark)[0]).sort((a, b) => a - b), middle = across[across.length >> 1] || 480;
  box = whole.slice();
  if (ratio() > 440 / 960) { box[2] = 440 / ratio(); box[0] = middle - box[2] / 2; }
  view();
};
by("in").addEventListener("click", () => zoom(1 / 1.5));
by("out").addEventListener("click", () => zoom(1.5));
by("all").addEventListener("click", home);
map.addEventListener("wheel", event => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const at = map.getBoundingClientRect();
  zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, box[0] + (event.clientX - at.left) / at.width * box[2], box[1] + (event.clientY - at.top) / at.height * box[3]);
}, { passive: false });
let from = null, moved = false;
map.addEventListener("pointerdown", event => { from = [event.clientX, event.clientY, box[0], box[1]]; moved = false; });
addEventListener("pointermove", event => {
  if (!from) return;
  const scale = box[2] / (map.clientWidth || 960);
  if (Math.abs(event.clientX - from[0]) + Math.abs(event.clientY - from[1]) > 4) moved = true;
  if (!moved) return;
  box[0] = from[2] - (event.clientX - from[0]) * scale; box[1] = from[3] - (event.clientY - from[1]) * scale;
  view();
});
addEventListener("pointerup", () => { from = null; });
map.addEventListener("click", event => {
  const mark = event.target.closest(".mark");
  if (mark && !moved) { focus(mark); choose(mark.dataset.i); }
});

// Sorting, as in every table of these pages.
[...by("table").tHead.rows[0].cells].forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button"; button.append(...head.childNodes); head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending", body = by("table").tBodies[0];
    [...by("table").tHead.rows[0].cells].forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = row => { const cell = row.cells[column], number = parseFloat(cell.dataset.v); return Number.isNaN(number) ? cell.textContent : number; };
    body.append(...[...body.rows].sort((a, b) => {
      const x = value(a), y = value(b), order = typeof x === typeof y ? (x > y ? 1 : x < y ? -1 : 0) : typeof x === "number" ? -1 : 1;
      return down ? -order : order;
    }));
  });
});

by("source").addEventListener("change", event => { source = Number(event.target.value); paint(); });
["family", "search", "expected"].forEach(id => by(id).addEventListener("input", filter));
threshold.addEventListener("input", isogloss);
by("bar").addEventListener("submit", event => event.preventDefault());
addEventListener("resize", home);
paint(); home();
})();
