(() => {
"use strict";
const root = document.documentElement, tip = document.getElementById("tip");
const all = (selector, under) => [...(under || document).querySelectorAll(selector)];
root.classList.add("scripted");

// What a mark says, under the pointer and, with the arrow keys, without one.
const show = (mark, x, y) => {
  tip.textContent = mark.dataset.t; tip.hidden = false;
  const box = tip.getBoundingClientRect(), room = document.documentElement.clientWidth - box.width - 8;
  tip.style.left = Math.max(8, Math.min(x + 12, room)) + "px";
  tip.style.top = (y - box.height - 10 < 4 ? y + 16 : y - box.height - 10) + "px";
};
const hide = () => { tip.hidden = true; };
document.addEventListener("pointermove", event => {
  const mark = event.target.closest ? event.target.closest("[data-t]") : null;
  if (mark) show(mark, event.clientX, event.clientY); else if (!document.querySelector("[data-on]")) hide();
});
all("svg.fig").forEach(svg => {
  const marks = all("[data-t]", svg);
  if (!marks.length) return;
  svg.setAttribute("tabindex", "0");
  let at = -1;
  const clear = () => { all("[data-on]", svg).forEach(mark => mark.removeAttribute("data-on")); hide(); };
  svg.addEventListener("keydown", event => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { clear(); at = -1; }
    if (!by) return;
    event.preventDefault(); clear();
    at = (at + by + marks.length) % marks.length;
    const mark = marks[at], box = mark.getBoundingClientRect();
    mark.setAttribute("data-on", "");
    show(mark, box.right, box.top);
  });
  svg.addEventListener("blur", () => { clear(); at = -1; });
});

// Tables sort by a click on a header.
const value = cell => {
  const text = (cell ? cell.dataset.v || cell.textContent : "").trim();
  const number = parseFloat(text.replace(/\u2212/g, "-").replace(/^< /, "").replace(/,/g, ""));
  return Number.isNaN(number) ? text : number;
};
all("table.sortable").forEach(table => all("thead th", table).forEach((head, column) => {
  if (!head.textContent.trim()) return;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    all("thead th", table).forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    [...table.tBodies].forEach(body => {
      const rows = [...body.rows], kept = rows.filter(row => row.classList.contains("group"));
      const sorted = rows.filter(row => !row.classList.contains("group")).sort((a, b) => {
        const x = value(a.cells[column]), y = value(b.cells[column]);
        const order = typeof x === typeof y ? (x > y ? 1 : x < y ? -1 : 0) : typeof x === "number" ? -1 : 1;
        return down ? -order : order;
      });
      body.append(...kept, ...sorted);
    });
  });
}));

// One measure and one distance at a time; the choice stands in the address: #view/1/geographic
const panel = document.getElementById("explore");
if (panel) {
  const plots = all(".relation", panel), [measure, distance] = all("select", panel);
  const fold = panel.querySelector("details.others");
  if (fold) { fold.before(...fold.querySelectorAll(".relation")); fold.remove(); }
  const choose = () => plots.forEach(plot => {
    plot.hidden = plot.dataset.section !== measure.value || plot.dataset.distance !== distance.value;
  });
  const fit = () => {
    const there = plots.filter(plot => plot.dataset.section === measure.value).map(plot => plot.dataset.distance);
    [...distance.options].forEach(option => { option.disabled = !there.includes(option.value); });
    if (!there.includes(distance.value) && there.length) distance.value = there[0];
  };
  const read = () => {
    const parts = location.hash.split("/").map(decodeURIComponent);
    if (parts[0] !== "#view") return;
    if ([...measure.options].some(option => option.value === parts[1])) measure.value = parts[1];
    fit();
    if ([...distance.options].some(option => option.value === parts[2] && !option.disabled)) distance.value = parts[2];
    choose();
  };
  const changed = () => {
    fit(); choose();
    history.replaceState(null, "", "#view/" + encodeURIComponent(measure.value) + "/" + encodeURIComponent(distance.value));
  };
  measure.addEventListener("change", changed);
  distance.addEventListener("change", changed);
  addEventListener("hashchange", read);
  fit(); choose(); read();
}

// Where the reader is, in the contents.
if ("IntersectionObserver" in window) {
  const links = new Map(all(".contents a").map(link => [link.hash.slice(1), link]));
  const seen = new Set();
  const watch = new IntersectionObserver(entries => {
    entries.forEach(entry => seen[entry.isIntersecting ? "add" : "delete"](entry.target.id));
    const first = [...links.keys()].find(id => seen.has(id));
    if (first) links.forEach((link, id) => { if (id === first) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
  }, { rootMargin: "0px 0px -70% 0px" });
  links.forEach((link, id) => { const target = document.getElementById(id); if (target) watch.observe(target); });
}
})();
