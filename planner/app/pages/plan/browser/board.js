// The board of the plan page: a table whose cells are edited, pasted and copied as in a spreadsheet.
// What is typed goes to the server in numbered batches, each one step of the history. A batch is
// sent again with every later one until the server says that it has it, so that none is lost.

import {
  TEXT, copied, make, near, note, pasted, place, pointAt, put, range, set, shape, stepOf, widths,
} from "./elements.js";

const boards = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let board = boards.get(parentElement);
  if (!board) {
    board = new Board(parentElement);
    boards.set(parentElement, board);
  }
  board.send = (typed) => setStateValue("typed", typed);
  board.tellRest = () => setTriggerValue("rested", true);
  board.show(JSON.parse(data.board));
}

const WIDTHS = { head: 132, cell: 62, end: 116 }; // pixels, the least
const HISTORY = { z: "undo", y: "redo" }; // with Ctrl; Shift makes the one the other
const REST = 700; // milliseconds without a key, then the rest of the page follows

class Board {
  constructor(parent) {
    this.mount = Math.random().toString(36).slice(2);
    this.number = 0;
    this.batches = [];
    this.active = { r: 0, c: 0 };
    this.anchor = { r: 0, c: 0 };
    this.drawn = []; // of each row, the text that it was drawn from
    this.scroller = make("div", "lp-board");
    this.table = make("table");
    this.table.setAttribute("role", "grid");
    this.scroller.append(this.table);
    parent.append(this.scroller);
    this.listen();
  }

  show(told) {
    const had = this.table.contains(document.activeElement);
    const is_new = !this.told || shape(this.told) !== shape(told);
    this.told = told;
    const applied = told.applied[this.mount] ?? 0;
    this.batches = this.batches.filter((batch) => batch.id > applied);
    if (is_new) this.build();
    this.drawHeads();
    told.rows.forEach((row, r) => this.drawRow(row, r));
    this.drawFeet();
    this.active = this.inside(this.active);
    this.anchor = this.inside(this.anchor);
    this.mark(had && !this.input);
    this.rest();
  }

  // Only what hangs on the lines at once comes back with them: ask for the rest once nobody types.
  rest() {
    clearTimeout(this.resting);
    if (!this.told.stale) return;
    this.resting = setTimeout(() => {
      if (this.input || this.batches.length) this.rest();
      else if (this.table.isConnected) this.tellRest();
    }, REST);
  }

  // The table without its texts: where these are the same campaigns and dialers, it stays.
  build() {
    const { dialers, ends, rows, feet, name } = this.told;
    this.close();
    this.table.setAttribute("aria-label", name);
    this.table.setAttribute("aria-rowcount", 1 + rows.length + feet.length);
    this.table.setAttribute("aria-colcount", 1 + dialers.length + ends.length);
    const columns = make("colgroup");
    const wide = widths(this.told, this.scroller.clientWidth, WIDTHS);
    for (const width of [wide.head, ...dialers.map(() => null), ...ends.map(() => wide.end)]) {
      const column = make("col");
      if (width) column.style.width = `${width}px`;
      columns.append(column);
    }
    const least = wide.head + dialers.length * wide.cell + ends.length * wide.end;
    this.table.style.minWidth = `${least}px`;
    const head = make("thead"), body = make("tbody"), foot = make("tfoot");
    this.heads = this.line(head, "columnheader", "columnheader");
    this.rows = rows.map(() => this.line(body, "rowheader", "gridcell"));
    this.feet = feet.map((_, k) => {
      const found = this.line(foot, "rowheader", "gridcell");
      found.all.forEach((cell) => (cell.style.bottom = `${(feet.length - 1 - k) * 26}px`));
      return found;
    });
    this.drawn = rows.map(() => "");
    this.rows.forEach((row, r) =>
      row.cells.forEach((cell, c) => {
        cell.dataset.r = r;
        cell.dataset.c = c;
        cell.tabIndex = -1;
      }),
    );
    this.table.replaceChildren(columns, head, body, foot);
    this.near = near(this.scroller, this.rows, [0, 0]);
  }

  line(section, head_role, role) {
    const { dialers, ends } = this.told;
    const line = make("tr");
    const named = (kind, name, class_name) => {
      const cell = make(kind, class_name);
      cell.setAttribute("role", name);
      line.append(cell);
      return cell;
    };
    const kind = role === "gridcell" ? "td" : "th";
    const head = named("th", head_role, "head");
    const cells = dialers.map(() => named(kind, role, "cell"));
    const made = ends.map((_, k) => {
      const cell = named(kind, role, "end");
      cell.style.right = `${(ends.length - 1 - k) * WIDTHS.end}px`;
      return cell;
    });
    section.append(line);
    return { line, head, cells, ends: made, all: [head, ...cells, ...made] };
  }

  drawHeads() {
    const { dialers, ends } = this.told;
    put(this.heads.head, "Campaign");
    dialers.forEach((dialer, c) => note(this.heads.cells[c], dialer));
    ends.forEach((end, k) => note(this.heads.ends[k], end));
  }

  drawRow(row, r) {
    const pending = this.pendingOf(row.head[TEXT]);
    const text = JSON.stringify([row, this.told.column, [...pending]]);
    if (text === this.drawn[r]) return;
    this.drawn[r] = text;
    const line = this.rows[r], campaign = row.head[TEXT];
    note(line.head, row.head);
    row.ends.forEach((end, k) => note(line.ends[k], end));
    const cells = new Map(row.cells.map((cell) => [cell[0], cell]));
    const closed = new Set(row.closed);
    line.cells.forEach((cell, c) => {
      if (this.input && cell.contains(this.input)) return;
      const dialer = this.told.dialers[c][TEXT];
      const [, text, level, broken, told, marks] = cells.get(c) ?? [c, "", 0, "", "", ""];
      const typed = pending.get(dialer);
      put(cell, typed ?? text);
      cell.dataset.campaign = campaign;
      cell.dataset.dialer = dialer;
      cell.title = [broken, told].filter(Boolean).join("\n");
      cell.style.setProperty("--level", level);
      const classes = ["cell"];
      if (level > 0) classes.push(this.told.measure);
      if (broken) classes.push("broken");
      if (closed.has(c)) classes.push("closed");
      if (typed ?? text) classes.push("used");
      if (typed !== undefined) classes.push("pending");
      if (marks.includes("l")) classes.push("locked");
      if (marks.includes("c")) classes.push("changed");
      cell.className = classes.join(" ");
      set(cell, "aria-invalid", broken ? "true" : null);
      set(cell, "aria-readonly", this.told.column && !closed.has(c) ? null : "true");
    });
  }

  drawFeet() {
    this.told.feet.forEach((foot, k) => {
      const line = this.feet[k];
      note(line.head, [foot.label, "", "", foot.told]);
      foot.cells.forEach((cell, c) => note(line.cells[c], cell));
      line.ends.forEach((end, e) => put(end, e === 0 ? foot.total : ""));
    });
  }

  pendingOf(campaign) {
    const found = new Map();
    for (const batch of this.batches)
      for (const [name, dialer, text] of batch.cells ?? [])
        if (name === campaign && batch.column === this.told.column) found.set(dialer, text);
    return found;
  }

  // ---- where one is

  inside({ r, c }) {
    const most = (value, count) => Math.max(0, Math.min(value, count - 1));
    return { r: most(r, this.rows.length), c: most(c, this.told.dialers.length) };
  }

  cellAt({ r, c }) {
    return this.rows[r]?.cells[c];
  }

  // Mark the selection; of all cells one alone is a stop for Tab.
  mark(focus) {
    const [top, bottom] = range(this.active.r, this.anchor.r);
    const [left, right] = range(this.active.c, this.anchor.c);
    const many = top !== bottom || left !== right;
    for (const cell of this.table.querySelectorAll("[aria-selected=true], .here")) {
      cell.removeAttribute("aria-selected");
      cell.classList.remove("here");
      if (cell.tabIndex === 0) cell.tabIndex = -1;
    }
    for (let r = top; r <= bottom; r++)
      for (let c = left; c <= right; c++)
        if (many || this.table.contains(document.activeElement) || focus)
          this.cellAt({ r, c })?.setAttribute("aria-selected", "true");
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = this.cellAt(this.active);
    if (!this.stop) return;
    this.stop.tabIndex = 0;
    this.rows[this.active.r].head.classList.add("here");
    this.heads.cells[this.active.c].classList.add("here");
    if (focus) this.stop.focus();
  }

  go(r, c, extend) {
    this.active = this.inside({ r, c });
    if (!extend) this.anchor = this.active;
    this.mark(true);
  }

  // ---- what is done with keys, mouse and clipboard

  listen() {
    const follow = () => { this.near = near(this.scroller, this.rows, this.near); };
    this.scroller.addEventListener("scroll", follow);
    new ResizeObserver(follow).observe(this.scroller); // a larger window shows more rows
    this.table.addEventListener("keydown", (event) => this.key(event));
    this.table.addEventListener("mousedown", (event) => this.press(event));
    this.table.addEventListener("mouseover", (event) => {
      this.pointed = pointAt(event.target, this.heads.cells, this.pointed);
      const cell = event.buttons === 1 && !this.input && place(event.target);
      if (cell && this.dragging) this.go(cell.r, cell.c, true);
    });
    this.table.addEventListener("mouseleave", () => this.pointed?.classList.remove("pointed"));
    this.table.addEventListener("dblclick", (event) => {
      if (place(event.target)) this.open();
    });
    this.table.addEventListener("copy", (event) => this.copy(event));
    this.table.addEventListener("paste", (event) => this.paste(event));
    this.table.addEventListener("focusin", (event) => {
      const cell = place(event.target);
      if (!cell || this.input) return;
      if (cell.r !== this.active.r || cell.c !== this.active.c) this.anchor = cell;
      this.active = cell;
      this.mark(false);
    });
  }

  press(event) {
    const cell = place(event.target);
    if (!cell || event.button !== 0 || (this.input && this.input.contains(event.target))) return;
    this.commit();
    event.preventDefault();
    this.dragging = true;
    window.addEventListener("mouseup", () => (this.dragging = false), { once: true });
    this.go(cell.r, cell.c, event.shiftKey);
  }

  key(event) {
    this.rest();
    if (this.input) return this.keyInside(event);
    if (event.altKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const last = { r: this.rows.length - 1, c: this.told.dialers.length - 1 };
    const has = (r, c) => Boolean(this.cellAt({ r, c })?.textContent);
    const step = stepOf(event, this.active, last, has);
    if (step) this.go(...step, event.shiftKey);
    else if (ctrl && event.key.toLowerCase() === "a") {
      this.anchor = { r: 0, c: 0 };
      this.active = last;
      this.mark(true);
    } else if (ctrl && HISTORY[event.key.toLowerCase()]) {
      event.stopPropagation(); // the page's own shortcut comes too early for what was just typed
      this.push({ step: event.shiftKey ? "redo" : HISTORY[event.key.toLowerCase()] });
    } else if (ctrl) return;
    else if (event.key === "Enter" || event.key === "F2") this.open();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else if (event.key.toLowerCase() === "l") this.lock();
    else if (event.key.length === 1 && event.key !== " ") this.open(event.key);
    else return;
    event.preventDefault();
  }

  keyInside(event) {
    const { r, c } = this.active;
    const after = { Enter: [r + (event.shiftKey ? -1 : 1), c], Tab: [r, c + (event.shiftKey ? -1 : 1)] };
    if (event.key === "Escape") {
      this.close();
      this.mark(true);
    } else if (after[event.key]) {
      this.commit();
      this.go(...after[event.key], false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  get canEdit() {
    return this.told.column && !this.cellAt(this.active)?.classList.contains("closed");
  }

  open(start) {
    if (!this.canEdit || this.input) return;
    const cell = this.cellAt(this.active);
    this.anchor = this.active;
    this.mark(true);
    this.before = cell.textContent;
    const input = make("input");
    input.value = start ?? this.before;
    input.inputMode = "numeric";
    input.setAttribute("aria-label", `${cell.dataset.campaign} on ${cell.dataset.dialer}`);
    input.addEventListener("blur", () => this.commit());
    this.input = input;
    cell.replaceChildren(input);
    input.focus();
    if (start === undefined) input.select();
  }

  close() {
    const input = this.input;
    if (!input) return;
    this.input = null; // first: taking it away makes it lose the focus
    const cell = input.parentElement;
    if (cell) put(cell, this.before);
  }

  commit() {
    if (!this.input) return;
    const text = this.input.value.trim(), cell = place(this.input);
    this.close();
    if (text !== this.before) this.type([[cell, text]]);
  }

  clear() {
    if (this.told.column) this.type(this.selected().map((place) => [place, ""]));
  }

  // Lock what is selected and has lines; where all of it is locked, unlock it.
  lock() {
    const cells = this.selected().map((place) => this.cellAt(place)).filter((cell) => cell.textContent);
    const on = cells.some((cell) => !cell.classList.contains("locked")) ? "1" : "0";
    const wanted = cells.map((cell) => [cell.dataset.campaign, cell.dataset.dialer, on]);
    if (wanted.length) this.push({ column: "locked", cells: wanted });
  }

  selected() {
    const [top, bottom] = range(this.active.r, this.anchor.r);
    const [left, right] = range(this.active.c, this.anchor.c);
    const found = [];
    for (let r = top; r <= bottom; r++) for (let c = left; c <= right; c++) found.push({ r, c });
    return found;
  }

  copy(event) {
    if (this.input) return;
    copied(event, this.selected().map((place) => [place.r, this.cellAt(place).textContent]));
  }

  paste(event) {
    if (this.input || !this.told.column) return;
    event.preventDefault();
    const block = pasted(event);
    const picked = this.selected();
    if (block.length === 1 && block[0].length === 1)
      return this.type(picked.map((place) => [place, block[0][0].trim()]));
    const { r, c } = picked[0];
    const cells = block.flatMap((line, i) =>
      line.map((value, k) => [{ r: r + i, c: c + k }, value.trim()]),
    );
    this.type(cells.filter(([place]) => this.cellAt(place)));
    const last = { r: r + block.length - 1, c: c + Math.max(...block.map((l) => l.length)) - 1 };
    this.anchor = { r, c };
    this.active = this.inside(last);
    this.mark(true);
  }

  // Send cells as one step. Nothing typed means no lines; into a closed cell nothing need be typed.
  type(cells) {
    const wanted = cells
      .map(([place, text]) => [this.cellAt(place), text === "" ? "0" : text])
      .filter(([cell, text]) => !(cell.classList.contains("closed") && text === "0"))
      .filter(([cell, text]) => (cell.textContent || "0") !== text)
      .map(([cell, text]) => [cell.dataset.campaign, cell.dataset.dialer, text]);
    const known = new Map(this.told.rows.map((row, r) => [row.head[TEXT], r]));
    if (!wanted.length) return;
    this.push({ column: this.told.column, cells: wanted });
    for (const name of new Set(wanted.map(([campaign]) => campaign)))
      this.drawRow(this.told.rows[known.get(name)], known.get(name));
  }

  push(batch) {
    this.number += 1;
    this.batches.push({ id: this.number, ...batch });
    this.send({ mount: this.mount, batches: this.batches });
  }
}
