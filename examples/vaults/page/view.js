// Everything that touches the document. Text from the database only ever becomes text, never markup.

const MAX_EVENTS = 20;
const MAX_TOASTS = 4;
const TOAST_MS = 6_000;

const find = (selector) => document.querySelector(selector);
const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const times = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hour12: false });

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function duration(ms) {
  if (ms < 1_000) {
    return `${Math.max(0, Math.round(ms))} ms`;
  }
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** Only what a browser may follow: a javascript: address in a row must not become a link. */
function webAddress(text) {
  try {
    const url = new URL(text);
    return ['https:', 'http:'].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

export function showStatus(state, reason) {
  find('#status').dataset.state = state;
  find('#status .state').textContent = reason ? `${state}: ${reason}` : state;
}

export function showAge(ageMs) {
  find('#status .age').textContent = ageMs === null ? '' : `position ${duration(ageMs)} old`;
}

/** How many principals have the vault open; this page is one of them. */
export function showPresence(count) {
  find('#here').textContent = count > 0 ? `${count} here` : '';
}

export function showProblem(text) {
  find('#problem').textContent = text;
  find('#problem').hidden = !text;
}

export function showSources(rows, { page, total, totalPages }, changedId) {
  const list = find('#sources');
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = rows.map((row) => fill(known.get(String(row.id)) ?? sourceItem(row), row));
  arrange(list, items);
  if (changedId !== undefined) {
    flash(list.querySelector(`[data-id="${CSS.escape(changedId)}"]`));
  }
  find('#total').textContent = total === 1 ? '1 source' : `${total} sources`;
  showPager(page, totalPages);
}

/** Moves only what is out of place, so that focus and running animations survive. */
function arrange(list, items) {
  const wanted = new Set(items);
  [...list.children].filter((item) => !wanted.has(item)).forEach((item) => item.remove());
  items.forEach((item, at) => {
    if (list.children[at] !== item) {
      list.insertBefore(item, list.children[at] ?? null);
    }
  });
}

function sourceItem(row) {
  const item = element('li', 'source');
  item.dataset.id = row.id;
  const title = element('a', 'title');
  title.rel = 'noopener noreferrer';
  title.target = '_blank';
  item.append(title, element('span', 'host'), element('time', 'created'));
  item.addEventListener('animationend', () => item.classList.remove('flash'));
  return item;
}

function fill(item, row) {
  const [title, host, created] = item.children;
  const url = webAddress(row.url);
  const date = new Date(row.created_at);
  title.textContent = row.title;
  if (url) {
    title.href = url;
  } else {
    title.removeAttribute('href');
  }
  host.textContent = url?.host ?? '';
  created.textContent = Number.isNaN(date.getTime()) ? '' : dates.format(date);
  return item;
}

function flash(item) {
  item?.classList.remove('flash');
  requestAnimationFrame(() => item?.classList.add('flash'));
}

export function showCache(status) {
  find('#cache').textContent = status;
}

function showPager(page, totalPages) {
  find('#pager').hidden = totalPages <= 1 && page === 1;
  find('#pager .where').textContent = `Page ${page} of ${totalPages}`;
  link(find('#pager .previous'), page > 1 ? page - 1 : null);
  link(find('#pager .next'), page < totalPages ? page + 1 : null);
}

function link(anchor, page) {
  if (page === null) {
    anchor.removeAttribute('href');
    return;
  }
  const query = new URLSearchParams(location.search);
  query.set('page', page);
  anchor.href = `?${query}`;
}

export function showToast({ kind, text }, detail = '') {
  const toasts = find('#toasts');
  const same = [...toasts.children].find((toast) => toast.dataset.text === text);
  const count = Number(same?.dataset.count ?? 0) + 1;
  same?.remove();
  const toast = element('div', `toast ${kind}`);
  toast.dataset.text = text;
  toast.dataset.count = count;
  toast.append(element('strong', 'what', count > 1 ? `${text} ×${count}` : text), element('span', 'detail', detail));
  toasts.append(toast);
  while (toasts.children.length > MAX_TOASTS) {
    toasts.firstElementChild.remove();
  }
  setTimeout(() => toast.remove(), TOAST_MS);
}

export function logEvent(type, what, latencyMs = null) {
  const events = find('#events');
  const item = element('li', 'event');
  item.append(
    element('time', 'at', times.format(new Date())),
    element('span', `type ${type.toLowerCase()}`, type),
    element('span', 'what', what),
    element('span', 'latency', latencyMs === null ? '' : duration(latencyMs)),
  );
  item.dataset.latencyMs = latencyMs ?? '';
  events.prepend(item);
  while (events.children.length > MAX_EVENTS) {
    events.lastElementChild.remove();
  }
  const measured = [...events.children]
    .map((each) => each.dataset.latencyMs)
    .filter((text) => text !== '')
    .map(Number)
    .sort((a, b) => a - b);
  find('#median').textContent = measured.length ? `median ${duration(measured[measured.length >> 1])}` : '';
}

export function showParameters({ vault, me }) {
  document.title = `Vault ${vault} · Rowcast`;
  find('#vault').textContent = vault;
  find('#who').textContent = me.who;
  find('input[name=vault]').value = vault;
  find('input[name=credential]').value = me.text;
}

/** Somebody wants another vault, or to be somebody else. */
export function onOpen(open) {
  find('form').addEventListener('submit', (event) => {
    event.preventDefault();
    open(find('input[name=vault]').value, find('input[name=credential]').value.trim());
  });
}

/** Commands that change the vault which is shown, whatever its tenant. */
export function showCommands(vault, sourceId) {
  find('#try-update').textContent = `./rowcast sql "update sources set title='Hello' where id=${sourceId}"`;
  find('#try-insert').textContent =
    `./rowcast sql "insert into sources (site_id, vault_id, title, url) ` +
    `select site_id, id, 'A new source', 'https://news.example.com/new' from vaults where id=${vault}"`;
}
