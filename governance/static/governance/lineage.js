// The map of a lineage: pan, zoom, search and keys on a canvas. The lists on its page say the same without this file.
(() => {
  "use strict";
  const own = document.querySelector(".lineage .node.own"), strip = own?.closest(".scroll");
  if (strip) strip.scrollLeft += own.getBoundingClientRect().right + 16 - strip.getBoundingClientRect().right;
  const root = document.querySelector("[data-map]");
  if (!root) return;
  const part = (name) => root.querySelector(`[data-${name}]`);
  const frame = part("frame"), canvas = frame.querySelector("canvas"), pen = canvas.getContext("2d");
  const W = 212, H = 52, NEAREST = 2.5, FARTHEST = 0.02, LETTERS = 25;
  const looks = new Map(root.dataset.tones.split("|").map((each) => each.split(":")).map(([key, ...look]) => [key, look]));
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const view = { x: 0, y: 0, k: 1 };
  let nodes = [], edges = [], size = [1, 1], above = [], below = [], curves = null, here = -1, ink = {}, due = 0, gliding = 0;

  // --- what is drawn -------------------------------------------------------------------------------------------
  const colours = () => {
    const style = getComputedStyle(root);
    const names = ["surface", "hover", "ink", "ink-3", "line-2", "control", "accent", "good", "bad", "warn", "waived", "sans"];
    ink = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  };
  const TONES = { good: "good", bad: "bad", warn: "warn", open: "warn", waived: "waived", busy: "accent", quiet: "control" };
  const shorten = (text) => (text.length > LETTERS ? `${text.slice(0, 11)}…${text.slice(11 + 1 - LETTERS)}` : text);
  const percent = (share) => (share > 0 && share < 0.0005 ? "< 0.1 %" : `${(share * 100).toFixed(share % 1 ? 1 : 0)} %`);
  const refuses = (node) => (node.refused_share === null ? "not known how much refuses training" : `${percent(node.refused_share)} refuses training`);
  const look = (node) => (node.kind === "corpus" && looks.get(node.outcome)) || ["quiet", "On record"];
  const note = (node) => (node.kind === "dataset" ? node.licences.join(" and ") || "no licence found" : node.refused_share === null ? "not asked yet" : refuses(node));
  const stops = (edge) => {
    const a = nodes[edge.parent], b = nodes[edge.child];
    return [[a.x + W, a.y + H / 2], ...edge.bends, [b.x, b.y + H / 2]];
  };
  const trace = (path, edge) => {
    const points = stops(edge);
    path.moveTo(...points[0]);
    for (let i = 1; i < points.length; i++) {
      const [ax, ay] = points[i - 1], [bx, by] = points[i], bend = Math.max(24, (bx - ax) / 2);
      path.bezierCurveTo(ax + bend, ay, bx - bend, by, bx, by);
    }
  };
  const seen = (left, top, right, bottom) => {
    const x = -view.x / view.k, y = -view.y / view.k, wide = canvas.clientWidth / view.k, high = canvas.clientHeight / view.k;
    return right >= x && left <= x + wide && bottom >= y && top <= y + high;
  };
  const lines = () => {
    pen.lineWidth = Math.max(1.5, 0.6 / view.k);
    pen.strokeStyle = ink["line-2"];
    if (edges.length > 500 && view.k < 0.3) pen.stroke(curves);
    else {
      const path = new Path2D();
      for (const edge of edges) if (seen(...edge.box)) trace(path, edge);
      pen.stroke(path);
    }
    if (here < 0) return;
    const path = new Path2D();
    for (const edge of [...above[here], ...below[here]]) trace(path, edge);
    pen.lineWidth = Math.max(3, 1.5 / view.k);
    pen.strokeStyle = ink.accent;
    pen.stroke(path);
  };
  const boxes = () => {
    const words = view.k > 0.35;
    nodes.forEach((node, at) => {
      if (!seen(node.x, node.y, node.x + W, node.y + H)) return;
      const own = node.id === root.dataset.focus;
      pen.beginPath();
      words ? pen.roundRect(node.x, node.y, W, H, 8) : pen.rect(node.x, node.y, W, H);
      pen.fillStyle = own ? ink.surface : ink.hover;
      pen.fill();
      pen.lineWidth = at === here ? Math.max(3, 2 / view.k) : own ? 2 : Math.max(1, 0.5 / view.k);
      pen.strokeStyle = at === here || own ? ink.accent : ink.control;
      pen.setLineDash(node.kind === "dataset" && words ? [5, 4] : []);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = ink[TONES[look(node)[0]] || "control"];
      pen.fillRect(node.x + 8, node.y + 10, words ? 4 : 24, H - 20);
      if (words) label(node);
    });
  };
  const label = (node) => {
    pen.fillStyle = ink.ink;
    pen.font = `600 14px ${ink.sans}`;
    pen.fillText(shorten(node.name), node.x + 20, node.y + 22);
    pen.fillStyle = ink["ink-3"];
    pen.font = `12px ${ink.sans}`;
    pen.fillText(shorten(note(node)), node.x + 20, node.y + 40);
  };
  const paint = () => {
    due = 0;
    const sharp = devicePixelRatio || 1, wide = canvas.clientWidth, high = canvas.clientHeight;
    if (canvas.width !== Math.round(wide * sharp) || canvas.height !== Math.round(high * sharp)) {
      canvas.width = Math.round(wide * sharp);
      canvas.height = Math.round(high * sharp);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(sharp * view.k, 0, 0, sharp * view.k, sharp * view.x, sharp * view.y);
    lines();
    boxes();
    root.dataset.scale = view.k.toFixed(4);
  };
  const redraw = () => { due ||= requestAnimationFrame(paint); };

  // --- where one looks -----------------------------------------------------------------------------------------
  const bounded = (k) => Math.min(NEAREST, Math.max(FARTHEST, k));
  const go = (to) => {
    cancelAnimationFrame(gliding);
    const from = { ...view }, began = performance.now(), lasts = still.matches ? 0 : 160;
    const step = (now) => {
      const t = lasts ? Math.min(1, Math.max(0, (now - began) / lasts)) : 1, eased = t * (2 - t);
      for (const axis of ["x", "y", "k"]) view[axis] = from[axis] + (to[axis] - from[axis]) * eased;
      paint();
      if (t < 1) gliding = requestAnimationFrame(step);
    };
    step(began);
  };
  const zoomed = (factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
    const k = bounded(view.k * factor), by = k / view.k;
    return { k, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
  };
  const fitted = () => {
    const wide = canvas.clientWidth, high = canvas.clientHeight;
    const k = Math.min(1, bounded(Math.min((wide - 32) / size[0], (high - 32) / size[1])));
    return { k, x: (wide - size[0] * k) / 2, y: (high - size[1] * k) / 2 };
  };
  const centred = (node, k = Math.max(view.k, 0.6)) =>
    ({ k, x: canvas.clientWidth / 2 - (node.x + W / 2) * k, y: canvas.clientHeight / 2 - (node.y + H / 2) * k });
  const zoom = { in: () => go(zoomed(1.4)), out: () => go(zoomed(1 / 1.4)), fit: () => go(fitted()) };

  // --- the node one is at --------------------------------------------------------------------------------------
  const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const choose = (at, move = true) => {
    here = at;
    const node = nodes[at], about = [node.kind === "corpus" ? `revision ${node.revision}` : "dataset on record"];
    if (node.kind === "corpus") about.push(look(node)[1].toLowerCase(), refuses(node));
    about.push(node.licences.join(" and ") || "no licence stated", `${counted(above[at].length, "edge")} up, ${counted(below[at].length, "edge")} down`);
    part("here").hidden = false;
    part("name").textContent = node.name;
    part("about").textContent = about.join(", ");
    part("open").href = node.page;
    part("around").href = `${location.pathname}?focus=${node.id}`;
    part("said").textContent = `${node.name}: ${about.join(", ")}`;
    move ? go(centred(node)) : redraw();
  };
  const nearest = (candidates) => {
    const from = here < 0 ? null : nodes[here];
    const far = (at) => (from ? Math.abs(nodes[at].y - from.y) : nodes[at].x + nodes[at].y);
    return candidates.reduce((best, at) => (best < 0 || far(at) < far(best) ? at : best), -1);
  };
  const walk = {
    ArrowLeft: () => nearest(above[here].map((edge) => edge.parent)),
    ArrowRight: () => nearest(below[here].map((edge) => edge.child)),
    ArrowUp: () => column((node) => node.y < nodes[here].y),
    ArrowDown: () => column((node) => node.y > nodes[here].y),
  };
  const column = (where) => nearest([...nodes.keys()].filter((at) => nodes[at].x === nodes[here].x && where(nodes[at])));
  const first = () => {
    const own = nodes.findIndex((node) => node.id === root.dataset.focus);
    return own >= 0 ? own : nearest([...nodes.keys()]);
  };
  const keys = {
    "+": zoom.in, "=": zoom.in, "-": zoom.out, 0: zoom.fit,
    Enter: () => here >= 0 && location.assign(nodes[here].page),
    Home: () => choose(first()),
  };
  frame.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !nodes.length) return;
    if (walk[e.key]) {
      const to = here < 0 ? first() : walk[e.key]();
      if (to >= 0) choose(to);
      else part("said").textContent = "Nothing there.";
    } else if (keys[e.key]) keys[e.key]();
    else return;
    e.preventDefault();
  });

  // --- hands: mouse, pen and fingers ---------------------------------------------------------------------------
  const fingers = new Map();
  let travelled = 0;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  const spot = (e) => {
    const box = canvas.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  canvas.addEventListener("pointerdown", (e) => {
    cancelAnimationFrame(gliding);
    canvas.setPointerCapture(e.pointerId);
    fingers.set(e.pointerId, spot(e));
    if (fingers.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (e) => {
    const was = fingers.get(e.pointerId);
    if (!was) return;
    const now = spot(e), before = fingers.size === 2 ? spread() : null;
    fingers.set(e.pointerId, now);
    travelled += Math.hypot(now.x - was.x, now.y - was.y);
    if (fingers.size === 1) Object.assign(view, { x: view.x + now.x - was.x, y: view.y + now.y - was.y });
    else if (before) {
      const after = spread(), to = zoomed(after.far / Math.max(1, before.far), before.x, before.y);
      Object.assign(view, { k: to.k, x: to.x + after.x - before.x, y: to.y + after.y - before.y });
    }
    redraw();
  });
  const at = ({ x, y }) => {
    const px = (x - view.x) / view.k, py = (y - view.y) / view.k;
    return nodes.findIndex((node) => px >= node.x && px <= node.x + W && py >= node.y && py <= node.y + H);
  };
  const lift = (e) => {
    const tapped = fingers.delete(e.pointerId) && !fingers.size && travelled < 6 && e.type === "pointerup";
    const hit = tapped ? at(spot(e)) : -1;
    if (hit >= 0) choose(hit, false);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("dblclick", (e) => {
    const hit = at(spot(e));
    if (hit >= 0) location.assign(nodes[hit].page);
  });
  canvas.addEventListener("wheel", (e) => {
    if (document.activeElement !== frame && !e.ctrlKey) return; // else the page itself scrolls
    e.preventDefault();
    const { x, y } = spot(e);
    Object.assign(view, zoomed(Math.exp(-e.deltaY / (e.ctrlKey ? 100 : 400)), x, y));
    redraw();
  }, { passive: false });
  root.addEventListener("click", (e) => zoom[e.target.closest("[data-zoom]")?.dataset.zoom]?.());

  // --- search: first among what is drawn, else on the server --------------------------------------------------
  let sought = "", turn = 0;
  document.querySelector("[data-find]")?.addEventListener("submit", (e) => {
    const text = e.target.elements.q.value.trim().toLowerCase();
    const hits = text ? [...nodes.keys()].filter((each) => nodes[each].name.toLowerCase().includes(text)) : [];
    if (!hits.length) return;
    e.preventDefault();
    turn = text === sought ? (turn + 1) % hits.length : 0;
    sought = text;
    choose(hits[turn]);
    part("said").textContent = `${turn + 1} of ${hits.length}: ${nodes[hits[turn]].name}`;
    frame.scrollIntoView({ block: "nearest" });
  });

  // --- begin ---------------------------------------------------------------------------------------------------
  const ready = (graph) => {
    ({ nodes, edges } = graph);
    size = [graph.width, graph.height];
    above = nodes.map(() => []);
    below = nodes.map(() => []);
    curves = new Path2D();
    for (const edge of edges) {
      above[edge.child].push(edge);
      below[edge.parent].push(edge);
      trace(curves, edge);
      const points = stops(edge), xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
      edge.box = [Math.min(...xs) - 40, Math.min(...ys), Math.max(...xs) + 40, Math.max(...ys)];
    }
    here = -1;
    for (const name of ["frame", "tools"]) part(name).hidden = false;
    part("plain").hidden = true;
    colours();
    Object.assign(view, fitted());
    paint();
    root.dataset.ready = nodes.length;
  };
  const load = (url) => fetch(url, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .then(ready, () => { part("said").textContent = "The map cannot be drawn now; the lists below are complete."; });
  const steps = part("steps");
  if (steps) {
    steps.value = new URL(root.dataset.url, location).searchParams.get("steps") || "3";
    steps.addEventListener("change", () => {
      const url = new URL(root.dataset.url, location), page = new URL(location);
      for (const each of [url, page]) each.searchParams.set("steps", steps.value);
      history.replaceState(null, "", page);
      load(url);
    });
  }
  const afresh = () => { colours(); paint(); };
  new ResizeObserver(() => nodes.length && redraw()).observe(frame);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", afresh);
  load(root.dataset.url);
})();
