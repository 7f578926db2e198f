// Charts of ours, for pages that need no network: lines over a variable, on linear or logarithmic axes.
const NS = "http://www.w3.org/2000/svg";
function make(tag, attributes, parent, text) {
  const e = document.createElementNS(NS, tag);
  for (const k in attributes) e.setAttribute(k, attributes[k]);
  if (text !== undefined) e.textContent = text;
  if (parent) parent.appendChild(e);
  return e;
}
const COLOURS = ["var(--series1)", "var(--series2)", "var(--series3)", "var(--series4)"];
const DASHES = ["", "7 4", "2 3", "10 3 2 3"];
function label(v) {
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (size >= 1e5 || size < 1e-3) {
    const e = Math.floor(Math.log10(size) + 1e-9), m = v / 10 ** e;
    const power = "10" + [...String(e)].map(c => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]).join("");
    return Math.abs(m - 1) < 1e-9 ? power : m.toPrecision(2) + "·" + power;
  }
  return String(+v.toPrecision(3));
}
function ticks(low, high, log) {
  const all = [];
  if (log) {
    const a = Math.ceil(Math.log10(low) - 1e-9), b = Math.floor(Math.log10(high) + 1e-9), every = Math.max(1, Math.ceil((b - a + 1) / 7));
    for (let e = a; e <= b; e += every) all.push(10 ** e);
    if (all.length > 2) return all;
    const finer = [];
    for (let e = a - 1; e <= b + 1; e++) [1, 2, 5].forEach(m => { const t = m * 10 ** e; if (t >= low * .999 && t <= high * 1.001) finer.push(t); });
    return finer.length > 1 ? finer : [low, high];
  }
  const raw = (high - low) / 6 || 1, power = 10 ** Math.floor(Math.log10(raw));
  const stepSize = power * [1, 2, 5, 10].find(m => m * power >= raw);
  for (let t = Math.ceil(low / stepSize) * stepSize; t <= high + stepSize * 1e-6; t += stepSize) all.push(Math.abs(t) < stepSize * 1e-6 ? 0 : t);
  return all;
}
function chart(plot, width = 540, height = 340) {
  const figure = document.createElement("figure");
  const svg = make("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": plot.title, style: "max-width:100%;height:auto" }, figure);
  const left = 66, right = 16, top = 30, bottom = 46;
  const shown = plot.series.map(s => ({ name: s.name, points: s.points.filter(p => Number.isFinite(p[0]) && Number.isFinite(p[1]) && (!plot.logX || p[0] > 0) && (!plot.logY || p[1] > 0)) }));
  const xs = shown.flatMap(s => s.points.map(p => p[0])), ys = shown.flatMap(s => s.points.map(p => p[1]));
  const x0 = Math.min(...xs), x1 = Math.max(...xs);
  let y0 = Math.min(...ys), y1 = Math.max(...ys);
  if (!plot.logY) { y0 = Math.min(0, y0); y1 += (y1 - y0) * .05 || 1; } else if (y0 === y1) { y0 /= 2; y1 *= 2; }
  const unit = (v, a, b, log) => log ? (Math.log(v) - Math.log(a)) / (Math.log(b) - Math.log(a) || 1) : (v - a) / (b - a || 1);
  const X = v => left + unit(v, x0, x1, plot.logX) * (width - left - right);
  const Y = v => height - bottom - unit(v, y0, y1, plot.logY) * (height - top - bottom);
  make("text", { x: left, y: 17, "font-size": 13.5, "font-weight": 600 }, svg, plot.title);
  ticks(y0, y1, plot.logY).forEach(t => {
    make("line", { x1: left, x2: width - right, y1: Y(t), y2: Y(t), stroke: "var(--line)", "stroke-width": .7 }, svg);
    make("text", { x: left - 6, y: Y(t) + 4, "text-anchor": "end", "font-size": 11.5 }, svg, label(t));
  });
  ticks(x0, x1, plot.logX).forEach(t => {
    make("line", { x1: X(t), x2: X(t), y1: height - bottom, y2: height - bottom + 5, stroke: "var(--soft)" }, svg);
    make("text", { x: X(t), y: height - bottom + 18, "text-anchor": "middle", "font-size": 11.5 }, svg, label(t));
  });
  make("line", { x1: left, x2: width - right, y1: height - bottom, y2: height - bottom, stroke: "var(--soft)" }, svg);
  make("text", { x: (left + width - right) / 2, y: height - 8, "text-anchor": "middle", "font-size": 12 }, svg, plot.x);
  const axis = make("text", { x: 0, y: 0, "text-anchor": "middle", "font-size": 12, transform: `translate(13,${(top + height - bottom) / 2}) rotate(-90)` }, svg, plot.y);
  if (plot.mark && plot.mark >= x0 && plot.mark <= x1) {
    make("line", { x1: X(plot.mark), x2: X(plot.mark), y1: top, y2: height - bottom, stroke: "var(--soft)", "stroke-dasharray": "4 4" }, svg);
    make("text", { x: X(plot.mark) + 5, y: height - bottom - 8, "font-size": 11.5 }, svg, plot.markName + " " + label(+plot.mark.toPrecision(2)));
  }
  shown.forEach((s, i) => {
    if (!s.points.length) return;
    const colour = COLOURS[i % 4];
    make("path", { d: "M" + s.points.map(p => X(p[0]).toFixed(1) + "," + Y(p[1]).toFixed(1)).join("L"), fill: "none", stroke: colour, "stroke-width": 2.2, "stroke-dasharray": DASHES[i % 4] }, svg);
    if (s.points.length <= 40) s.points.forEach(p => make("title", {}, make("circle", { cx: X(p[0]), cy: Y(p[1]), r: 3, fill: colour }, svg), s.name + ": " + label(p[0]) + " → " + label(+p[1].toPrecision(4))));
  });
  const legend = document.createElement("figcaption");
  shown.forEach((s, i) => {
    if (!s.points.length) return;
    const item = document.createElement("span");
    item.style.cssText = "white-space:nowrap;margin-right:1.1em";
    const line = make("svg", { width: 30, height: 10, "aria-hidden": true }, item);
    make("line", { x1: 1, x2: 29, y1: 5, y2: 5, stroke: COLOURS[i % 4], "stroke-width": 2.4, "stroke-dasharray": DASHES[i % 4] }, line);
    item.append(" " + s.name);
    legend.append(item);
  });
  if (shown.length > 1) figure.append(legend);
  return figure;
}
function themeButton(button) {
  const theme = dark => { document.documentElement.dataset.theme = dark ? "dark" : "light"; button.textContent = dark ? "light" : "dark"; };
  button.onclick = () => theme(document.documentElement.dataset.theme !== "dark");
  theme(matchMedia("(prefers-color-scheme: dark)").matches);
}
