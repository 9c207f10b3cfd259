// Parts of the board: elements, their texts and places.

// Of a note as the server sends it.
export const TEXT = 0, CHANGE = 1, BROKEN = 2, TOLD = 3, DOMAIN = 4;

export function shape(told) {
  return JSON.stringify([
    told.dialers.map((d) => d[TEXT]), told.rows.map((row) => row.head[TEXT]),
    told.ends.length, told.feet.length,
  ]);
}

export function make(kind, class_name = "", text = "") {
  const element = document.createElement(kind);
  if (class_name) element.className = class_name;
  if (text) element.textContent = text;
  return element;
}

export function put(cell, text) {
  if (cell.textContent !== text || cell.childElementCount) cell.textContent = text;
}

export function set(cell, name, value) {
  if (value === null) cell.removeAttribute(name);
  else cell.setAttribute(name, value);
}

export function note(cell, told) {
  const text = JSON.stringify(told);
  if (cell.drawn === text) return; // of a large fleet hundreds are the same after an edit
  cell.drawn = text;
  const title = [told[BROKEN], told[TOLD]].filter(Boolean).join("\n");
  if (cell.title !== title) cell.title = title;
  cell.classList.toggle("broken", Boolean(told[BROKEN]));
  cell.replaceChildren(make("span", "", told[TEXT]));
  if (told[CHANGE]) cell.append(make("small", "change", told[CHANGE]));
  if (told[DOMAIN] && told[DOMAIN] !== told[TEXT]) cell.append(make("small", "", told[DOMAIN]));
}

export function place(target) {
  const cell = target.closest?.("td[data-r]");
  return cell ? { r: Number(cell.dataset.r), c: Number(cell.dataset.c) } : null;
}

// Which dialer a cell belongs to that one points at; the style marks its row.
export function pointAt(target, heads, before) {
  const head = heads[target.closest("td, th")?.cellIndex - 1];
  before?.classList.remove("pointed");
  head?.classList.add("pointed");
  return head;
}

export function range(one, other) {
  return [Math.min(one, other), Math.max(one, other)];
}

const PAGE = 10; // rows that PageUp and PageDown pass

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// Where a key leads from a cell, as in a spreadsheet; undefined: nowhere. With Ctrl an arrow leads
// to the next cell that has something in it, or to the last one there is.
export function stepOf(event, { r, c }, last, has) {
  const ctrl = event.ctrlKey || event.metaKey, arrow = ARROWS[event.key];
  if (arrow) {
    const isInside = ([r, c]) => r >= 0 && c >= 0 && r <= last.r && c <= last.c;
    const after = ([r, c]) => [r + arrow[0], c + arrow[1]];
    let to = after([r, c]);
    while (ctrl && !has(...to) && isInside(after(to))) to = after(to);
    return to;
  }
  const steps = {
    PageUp: [r - PAGE, c],
    PageDown: [r + PAGE, c],
    Home: [ctrl ? 0 : r, 0],
    End: [ctrl ? last.r : r, last.c],
  };
  return steps[event.key];
}

// Put cells, given as [row, text], on the clipboard as a spreadsheet does.
export function copied(event, cells) {
  const lines = new Map();
  for (const [row, text] of cells) lines.set(row, [...(lines.get(row) ?? []), text]);
  const text = [...lines.values()].map((line) => line.join("\t")).join("\n");
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

// What a spreadsheet put there: rows of texts.
export function pasted(event) {
  const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
  return text.split("\n").map((line) => line.split("\t"));
}

// Of a large fleet only rows near the view keep heads and ends in place: each cell that does is a
// layer of its own, and a browser goes through all layers whenever anything is drawn.
export function near(scroller, rows, before) {
  const row = rows[0]?.line.offsetHeight || 26, height = scroller.clientHeight || 400;
  const first = Math.max(0, Math.floor((scroller.scrollTop - height) / row));
  const last = Math.min(rows.length, Math.ceil((scroller.scrollTop + 2 * height) / row));
  for (let r = before[0]; r < before[1]; r++)
    if (r < first || r >= last) rows[r]?.line.classList.remove("near");
  for (let r = first; r < last; r++) rows[r].line.classList.add("near");
  return [first, last];
}

// Wide enough for what stands in a column: names of campaigns where there is room, feet always.
export function widths(told, room, least) {
  const longest = (texts, pixels) => 16 + pixels * Math.max(0, ...texts.map((text) => text.length));
  const foot = longest(told.feet.flatMap((foot) => foot.cells.map((cell) => cell[TEXT])), 6.4);
  const cell = Math.max(least.cell, Math.ceil(foot));
  const rest = cell * told.dialers.length + least.end * told.ends.length;
  const name = Math.ceil(longest(told.rows.map((row) => row.head[TEXT]), 7.4));
  return { ...least, cell, head: Math.max(least.head, Math.min(name, 280, room - rest)) };
}
