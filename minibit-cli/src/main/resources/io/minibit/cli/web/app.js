// Draws the swarm: asks the program a few times a second what is going on and shows it. Whatever comes from a torrent
// reaches the page as text only (textContent), never as markup.
'use strict';

const POLL_MILLIS = 300;
const RETRIES = 4; // then the program has ended

// So long a new piece is shown as just arrived. Where several pieces share a cell, more would hide how rare they are.
const FRESH_POLLS = 3;
const FRESH_POLLS_SHARED = 1;

const SVG = 'http://www.w3.org/2000/svg';

// From a piece that one peer has to a piece that all have; tells rare from common without red and green.
const RAMP = [[245, 159, 0], [232, 89, 12], [194, 37, 92], [112, 72, 232], [28, 126, 214]];

const byId = (id) => document.getElementById(id);

const samples = []; // [millis, bytes/s sent by each peer, bytes/s received by each peer], oldest first
let latest = null; // the last state
let heatRows = []; // per peer {canvas, share, levels, freshFor}
let copiesRow = null;
let nodes = []; // per peer the shapes of the graph
const arrows = new Map(); // 'from>to' to the shapes of an arrow
let idleLines = []; // what the graph says when nobody is served
let direction = 'up';

// Words and numbers

function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)) + ' ' + units[unit];
}

const rate = (bytes) => (bytes < 1 ? '–' : size(bytes) + '/s');

// Rounded down: 100 % means that nothing is missing.
const percent = (part, whole) => Math.floor((part * 100) / Math.max(1, whole)) + ' %';

const count = (number, noun) => number + ' ' + noun + (number === 1 ? '' : 's');

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function peerColor(index, alpha) {
  const hue = (205 + (index * 360) / latest.peers.length) % 360;
  return 'hsla(' + hue + ',65%,' + color('--peer-light') + ',' + (alpha === undefined ? 1 : alpha) + ')';
}

/** Of a piece that this share of the peers has. */
function rampColor(share) {
  const at = Math.min(1, Math.max(0, share)) * (RAMP.length - 1);
  const low = Math.min(RAMP.length - 2, Math.floor(at));
  const mixed = RAMP[low].map((from, i) => Math.round(from + (RAMP[low + 1][i] - from) * (at - low)));
  return 'rgb(' + mixed.join(',') + ')';
}

/** 0 for a piece that one peer has, 1 for a piece that all have. */
function spread(copiesTimesTen) {
  return latest.peers.length < 2 ? 1 : (copiesTimesTen / 10 - 1) / (latest.peers.length - 1);
}

function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function child(parent, name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  parent.appendChild(made);
  return made;
}

function shape(parent, name, attributes) {
  const made = document.createElementNS(SVG, name);
  set(made, attributes);
  parent.appendChild(made);
  return made;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
}

/** The canvas as sharp as the screen, empty; sizes in CSS pixels from now on. */
function pen(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  return { context, width, height };
}

// Who has which pieces

function buildHeat() {
  const heat = byId('heat');
  heat.textContent = '';
  const peers = latest.peers.length;
  const height = peers <= 8 ? 30 : peers <= 16 ? 20 : 10;
  heat.style.setProperty('--row-height', height + 'px');
  heat.style.setProperty('--row-gap', (peers <= 8 ? 5 : peers <= 16 ? 3 : 2) + 'px');
  heat.classList.toggle('many', peers > 16);
  heatRows = latest.peers.map((peer) => heatRow(heat, 'row peer', 'peer ' + peer.number));
  copiesRow = heatRow(heat, 'row copies', 'copies');
}

function heatRow(parent, className, name) {
  const row = child(parent, 'div', className);
  child(row, 'span', '', name);
  const canvas = child(row, 'canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', name);
  return { canvas, share: child(row, 'span', 'share'), levels: '', freshFor: null };
}

/** How many cells of two pixels and more fit into a row. */
function columnsThatFit() {
  const width = heatRows.length > 0 ? heatRows[0].canvas.clientWidth : byId('heat').clientWidth - 120;
  return Math.max(32, Math.floor(width / 2));
}

const cellsWanted = () => Math.min(latest.pieceCount, columnsThatFit());

function drawHeat() {
  const absent = color('--absent');
  const fresh = color('--fresh');
  latest.peers.forEach((peer, i) => {
    const row = heatRows[i];
    noteFresh(row, peer.pieces);
    const { context, width, height } = pen(row.canvas);
    context.fillStyle = absent;
    context.fillRect(0, 0, width, height);
    for (let column = 0; column < peer.pieces.length; column++) {
      const level = Number(peer.pieces[column]);
      if (level > 0) {
        const isFresh = row.freshFor[column] > 0;
        context.globalAlpha = isFresh ? 0.8 : 0.1 + level / 10;
        context.fillStyle = isFresh ? fresh : rampColor(spread(latest.copies[column]));
        cell(context, column, peer.pieces.length, width, 0, height);
      }
    }
    setText(row.share, percent(peer.held, latest.pieceCount));
    row.canvas.setAttribute('aria-label', 'peer ' + peer.number + ' has ' + peer.held + ' of ' + latest.pieceCount);
  });
  drawCopies();
}

/** Remembers which cells grew since the last look. */
function noteFresh(row, levels) {
  const known = row.levels.length === levels.length;
  if (!known) {
    row.freshFor = new Uint8Array(levels.length);
  }
  for (let column = 0; column < levels.length; column++) {
    if (known && levels[column] > row.levels[column]) {
      row.freshFor[column] = levels.length < latest.pieceCount ? FRESH_POLLS_SHARED : FRESH_POLLS;
    } else if (row.freshFor[column] > 0) {
      row.freshFor[column]--;
    }
  }
  row.levels = levels;
}

/** A cell on whole pixels, with a gap beside it if there is room for one. */
function cell(context, column, columns, width, top, height) {
  const left = Math.round((column * width) / columns);
  const right = Math.round(((column + 1) * width) / columns);
  context.fillRect(left, top, Math.max(1, right - left - (width / columns >= 6 ? 1 : 0)), height);
}

function drawCopies() {
  const { context, width, height } = pen(copiesRow.canvas);
  context.fillStyle = color('--absent');
  context.fillRect(0, height - 1, width, 1);
  latest.copies.forEach((copies, column) => {
    const bar = Math.max(1, (copies / 10 / latest.peers.length) * height);
    context.fillStyle = rampColor(spread(copies));
    cell(context, column, latest.copies.length, width, height - bar, bar);
  });
  setText(copiesRow.share, 'of ' + latest.peers.length);
  setText(
    byId('rarest'),
    latest.rarest.copies >= latest.peers.length
      ? 'every peer has every piece'
      : count(latest.rarest.pieces, 'piece') + ' with ' +
        (latest.rarest.copies === 1 ? 'one copy' : latest.rarest.copies + ' copies') + ' only');
}

function drawRamp() {
  const context = byId('ramp').getContext('2d');
  for (let x = 0; x < 120; x++) {
    context.fillStyle = rampColor(x / 119);
    context.fillRect(x, 0, 1, 10);
  }
}

// Who serves whom

function place(index) {
  const angle = (index * 2 * Math.PI) / latest.peers.length - Math.PI / 2;
  return { x: 200 + 168 * Math.cos(angle), y: 200 + 168 * Math.sin(angle) };
}

const radius = () => Math.max(7, Math.min(26, 300 / latest.peers.length));

function buildGraph() {
  const graph = byId('graph');
  graph.textContent = '';
  arrows.clear();
  const lines = shape(graph, 'g', {});
  idleLines = [192, 212].map((y) => shape(graph, 'text', { class: 'idle', x: 200, y }));
  const r = radius();
  nodes = latest.peers.map((peer, i) => {
    const { x, y } = place(i);
    const group = shape(graph, 'g', {});
    const width = Math.max(2, r / 5);
    shape(group, 'circle', { class: 'node', cx: x, cy: y, r });
    shape(group, 'circle', { class: 'track', cx: x, cy: y, r, 'stroke-width': width });
    const held = shape(group, 'circle', {
      class: 'held', cx: x, cy: y, r, 'stroke-width': width, pathLength: 100,
      transform: 'rotate(-90 ' + x + ' ' + y + ')',
    });
    const label = shape(group, 'text', { x, y, 'font-size': Math.max(8, r * 0.8) });
    label.textContent = peer.number;
    const title = shape(group, 'title', {});
    group.addEventListener('mouseenter', () => choose(peer.number));
    group.addEventListener('mouseleave', () => choose(null));
    return { lines, held, title };
  });
}

function choose(number) {
  byId('graph').classList.toggle('chosen', number !== null);
  arrows.forEach((arrow) => arrow.group.classList.toggle('of-chosen', arrow.from === number));
}

function drawGraph() {
  const trading = document.body.dataset.phase === 'trading';
  const wanted = new Map();
  let fastest = 1;
  latest.peers.forEach((peer, i) => {
    const done = (peer.held * 100) / Math.max(1, latest.pieceCount);
    set(nodes[i].held, { stroke: peerColor(i), 'stroke-dasharray': done < 100 ? done + ' 100' : 'none' });
    setText(nodes[i].title, 'peer ' + peer.number + ': ' + peer.why);
    peer.serves.forEach((served) => {
      if (trading) {
        wanted.set(peer.number + '>' + served.to, { from: i, served });
        fastest = Math.max(fastest, served.rate);
      }
    });
  });
  for (const [key, arrow] of arrows) {
    if (!wanted.has(key)) {
      arrow.group.remove();
      arrows.delete(key);
    }
  }
  for (const [key, { from, served }] of wanted) {
    const to = latest.peers.findIndex((peer) => peer.number === served.to);
    if (to < 0) {
      continue;
    }
    if (!arrows.has(key)) {
      const group = shape(nodes[from].lines, 'g', { class: 'arrow new' });
      arrows.set(key, {
        group, line: shape(group, 'path', {}), head: shape(group, 'polygon', {}), from: latest.peers[from].number,
      });
    }
    drawArrow(arrows.get(key), from, to, served, fastest);
  }
  const optimistic = [...wanted.values()].filter((arrow) => arrow.served.optimistic).length;
  byId('graph').setAttribute(
    'aria-label', count(wanted.size, 'arrow') + ': who serves whom now, ' + optimistic + ' of them optimistic');
  setText(idleLines[0], trading ? '' : 'Nobody is served any more:');
  setText(idleLines[1], trading ? '' : 'every peer has everything.');
}

/** A curve from edge to edge, bent to one side so that the two directions of a pair stay apart. */
function drawArrow(arrow, from, to, served, fastest) {
  const a = place(from);
  const b = place(to);
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const ux = (b.x - a.x) / length;
  const uy = (b.y - a.y) / length;
  const bend = Math.min(26, length * 0.12);
  const middle = { x: (a.x + b.x) / 2 - uy * bend, y: (a.y + b.y) / 2 + ux * bend };
  const start = towards(a, middle, radius() + 3);
  const tip = towards(b, middle, radius() + 4);
  const strength = Math.sqrt(served.rate / fastest);
  const few = latest.peers.length <= 12;
  const width = (few ? 1 : 0.7) + (few ? 3.5 : 1.8) * strength;
  const headLength = (few ? 6 : 4) + width * 1.2;
  const neck = towards(tip, middle, headLength);
  const hx = (tip.x - neck.x) / headLength;
  const hy = (tip.y - neck.y) / headLength;
  const half = headLength * 0.45;
  const stroke = peerColor(from, (few ? 0.4 : 0.25) + 0.55 * strength);
  arrow.group.classList.toggle('optimistic', served.optimistic);
  set(arrow.line, {
    d: 'M' + start.x + ' ' + start.y + 'Q' + middle.x + ' ' + middle.y + ' ' + neck.x + ' ' + neck.y,
    stroke, 'stroke-width': width,
  });
  set(arrow.head, {
    points: [
      tip.x, tip.y, neck.x - hy * half, neck.y + hx * half, neck.x + hy * half, neck.y - hx * half,
    ].join(' '),
    fill: stroke,
  });
}

function towards(point, target, distance) {
  const length = Math.hypot(target.x - point.x, target.y - point.y) || 1;
  return {
    x: point.x + ((target.x - point.x) * distance) / length,
    y: point.y + ((target.y - point.y) * distance) / length,
  };
}

// Rates over time

/** The smallest of 1, 2, 5, 10, 20, … seconds that makes at most so many steps. */
function secondsStep(seconds, steps) {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      if (seconds / (power * factor) <= steps) {
        return power * factor;
      }
    }
  }
}

/** A power of two, which is a round number of KiB or MiB, that makes at most four steps. */
function bytesStep(bytes) {
  let step = 1024;
  while (bytes / step > 4) {
    step *= 2;
  }
  return step;
}

function drawChart() {
  const { context, width, height } = pen(byId('chart'));
  const left = 74;
  const bottom = height - 20;
  const top = 8;
  const index = direction === 'up' ? 1 : 2;
  const end = Math.max(1000, samples.length > 0 ? samples[samples.length - 1][0] : 0);
  const sums = samples.map((sample) => sample[index].reduce((sum, each) => sum + each, 0));
  const highest = Math.max(1024, ...sums);
  const yStep = bytesStep(highest);
  const yTop = Math.ceil(highest / yStep) * yStep;
  const x = (millis) => left + (millis / end) * (width - left - 8);
  const y = (bytes) => bottom - (bytes / yTop) * (bottom - top);

  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (let value = 0; value <= yTop; value += yStep) {
    context.fillStyle = color('--edge');
    context.fillRect(left, Math.round(y(value)), width - left - 8, 1);
    context.fillStyle = color('--quiet');
    context.fillText(value === 0 ? '0' : size(value) + '/s', left - 8, y(value));
  }
  context.textAlign = 'center';
  const xStep = secondsStep(end / 1000, Math.max(2, width / 90));
  for (let second = 0; second * 1000 <= end; second += xStep) {
    context.fillText(second + ' s', Math.max(left + 8, Math.min(width - 16, x(second * 1000))), bottom + 12);
  }

  const base = samples.map(() => 0);
  latest.peers.forEach((peer, i) => {
    context.beginPath();
    samples.forEach((sample, n) => context.lineTo(x(sample[0]), y(base[n] + (sample[index][i] || 0))));
    for (let n = samples.length - 1; n >= 0; n--) {
      context.lineTo(x(samples[n][0]), y(base[n]));
      base[n] += samples[n][index][i] || 0;
    }
    context.closePath();
    context.fillStyle = peerColor(i, 0.75);
    context.fill();
  });
}

// Numbers

function buildTable() {
  const table = byId('table');
  table.textContent = '';
  latest.peers.forEach(() => {
    const row = child(table, 'tr');
    for (const heading of byId('numbers').querySelectorAll('th')) {
      child(row, 'td', heading.className);
    }
  });
}

function drawTable() {
  const report = latest.report;
  latest.peers.forEach((peer, i) => {
    const cells = byId('table').rows[i].cells;
    const result = report ? report.rows[i] : null;
    const texts = [
      String(peer.number), percent(peer.had, latest.pieceCount), percent(peer.held, latest.pieceCount),
      result ? '–' : rate(peer.down), result ? '–' : rate(peer.up),
      size(result ? result.downloaded : peer.downloaded), size(result ? result.uploaded : peer.uploaded),
      size(result ? result.wasted : peer.wasted),
      result && peer.had < latest.pieceCount ? (result.millis / 1000).toFixed(2) + ' s' : '–',
      result ? (result.equal ? 'equal' : 'DIFFERENT') : '–',
    ];
    texts.forEach((text, n) => setText(cells[n], text));
    cells[9].classList.toggle('equal', result !== null && result.equal);
    cells[9].classList.toggle('different', result !== null && !result.equal);
  });
  document.body.dataset.over = report !== null;
  setText(byId('tableTitle'), report ? 'How it went: ' + report.summary : 'Peers');
}

function drawFigures() {
  const peers = latest.peers;
  const held = peers.reduce((sum, peer) => sum + peer.held, 0);
  const had = peers.reduce((sum, peer) => sum + peer.had, 0);
  const missing = peers.length * latest.pieceCount - had;
  const over = latest.phase !== 'trading';
  setText(byId('time'), (latest.millis / 1000).toFixed(1) + ' s');
  setText(byId('complete'), peers.filter((peer) => peer.complete).length + ' of ' + peers.length);
  setText(byId('delivered'), percent(held - had, missing));
  setText(byId('moving'), over ? '–' : rate(peers.reduce((sum, peer) => sum + peer.up, 0)));
  setText(byId('round'), String(Math.max(...peers.map((peer) => peer.rounds))));
  const tracker = latest.tracker;
  setText(
    byId('tracker'),
    count(tracker.seeds, 'seed') + ', ' + count(tracker.leechers, 'leecher') + '; ' + count(tracker.announces, 'announce'));
}

function drawPhase(phase) {
  const words = {
    preparing: 'splitting the file', trading: 'trading', comparing: 'rebuilding and comparing',
    ended: 'all files equal', different: 'files differ', lost: 'the program has ended',
  };
  document.body.dataset.phase = phase;
  setText(byId('phase'), words[phase]);
}

// The loop

function draw() {
  if (latest === null || latest.peers.length === 0) {
    return;
  }
  if (heatRows.length !== latest.peers.length) {
    buildHeat();
    buildGraph();
    buildTable();
  }
  drawFigures();
  drawHeat();
  drawGraph();
  drawChart();
  drawTable();
}

function take(state) {
  latest = state;
  samples.push(...state.samples);
  const wrong = state.report && state.report.rows.some((row) => !row.equal);
  drawPhase(wrong ? 'different' : state.phase);
  setText(byId('name'), state.name);
  document.title = state.name + ' – MiniBit swarm';
  setText(
    byId('size'),
    size(state.length) + ' in ' + count(state.pieceCount, 'piece') + ', ' + count(state.peers.length, 'peer'));
  draw();
}

async function poll(failures) {
  const since = samples.length > 0 ? samples[samples.length - 1][0] : -1;
  let failed = 0;
  try {
    const answer = await fetch('/state.json?since=' + since + '&columns=' + columnsThatFit(), { cache: 'no-store' });
    if (!answer.ok) {
      throw new Error('status ' + answer.status);
    }
    take(await answer.json());
  } catch (failure) {
    console.error(failure);
    failed = failures + 1;
  }
  if (failed > RETRIES) {
    drawPhase('lost');
  } else if (latest === null || latest.report === null) {
    setTimeout(poll, POLL_MILLIS, failed);
  } // else nothing will change any more
}

document.querySelectorAll('input[name=direction]').forEach((choice) => {
  choice.addEventListener('change', () => {
    direction = choice.value;
    draw();
  });
});
window.addEventListener('resize', () => {
  draw();
  if (latest !== null && latest.report !== null && latest.copies.length !== cellsWanted()) {
    poll(0); // nobody asks any more, but other cells fit now
  }
});
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
drawRamp();
poll(0);
