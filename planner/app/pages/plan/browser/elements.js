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

export function range(one, other) {
  return [Math.min(one, other), Math.max(one, other)];
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
