// A vault's sources, live: fetch the list once, then follow the vault's channel and change what is shown.

import { become, credential } from './credential.js';
import { Feed } from './feed.js';
import { noticeFor } from './notices.js';
import { Sources } from './sources.js';
import * as view from './view.js';

const query = new URLSearchParams(location.search);
const number = (name) => (/^[1-9]\d{0,17}$/.test(query.get(name) ?? '') ? query.get(name) : '1');

// EventSource cannot send headers, so the stream takes the credential from the address of its request.
const me = credential(query);
const parameters = { vault: number('vault'), page: Number(number('page')), me };

const sources = new Sources(parameters, {
  onChange: showSources,
  onProblem: view.showProblem,
  onAnswer: view.showCache,
});
const feed = new Feed(
  new URL(
    `/v1/events?${new URLSearchParams({
      channel: `vault:${parameters.vault}`,
      mode: 'rows',
      presence: 'true',
      [me.name]: me.text,
    })}`,
    location.href,
  ),
  { onMessage, onState: view.showStatus },
);

let subscribedBefore = false;

function showSources(rows, pagination, changedId) {
  view.showSources(rows, pagination, changedId);
  view.showCommands(parameters.vault, rows.at(-1)?.id ?? 1);
}

function onMessage({ type, payload, xid }) {
  switch (type) {
    case 'SUBSCRIBED':
      subscribed(payload);
      break;
    case 'CHANGE':
      changed(payload, xid);
      break;
    case 'INVALIDATE':
      invalidated(payload, xid);
      break;
    case 'CONTENT':
      view.logEvent(type, `${payload.event} ${payload.collection}/${payload.item_id}`, latencyMs(payload));
      view.showToast({ kind: 'info', text: payload.event }, payload.metadata?.title);
      break;
    case 'PRESENCE':
      view.showPresence(payload.count);
      break;
    case 'RESET':
      view.logEvent(type, payload.reason ?? '');
      sources.refresh();
      break;
    case 'REVOKED':
      view.logEvent(type, payload.reason ?? '');
      sources.clear();
      view.showPresence(0);
      feed.close('access to this vault has ended');
      break;
    case 'ERROR':
      view.logEvent(type, `${payload.code}: ${payload.message}`);
      break;
    case 'GOAWAY':
      view.logEvent(type, payload.reason ?? '');
      break;
    default: // WELCOME and PROGRESS concern the feed only
  }
}

// Everything committed from here on arrives, so a list fetched now misses nothing. After a reconnect the stream
// continues where it was, and the list needs no second look.
function subscribed({ count, rejected = [] }) {
  view.logEvent('SUBSCRIBED', `vault:${parameters.vault}`);
  if (count === 0) {
    sources.clear();
    feed.close(`vault:${parameters.vault} does not exist for ${me.who} (${rejected[0]?.code ?? 'rejected'})`);
    return;
  }
  if (!subscribedBefore) {
    subscribedBefore = true;
    sources.refresh();
  }
}

function changed(change, xid) {
  const { entityCode, entityId, eventType } = change;
  view.logEvent('CHANGE', `${entityCode} ${entityId ?? ''} ${eventType}`, latencyMs(change));
  view.showToast(noticeFor(entityCode, eventType), (change.new ?? change.old)?.title);
  if (entityCode === 'source') {
    sources.apply(change, xid);
  }
}

// Keys only: what changed is known, what it became is not.
function invalidated(invalidation, xid) {
  const { entityCode, changes } = invalidation;
  for (const { entityId, action } of changes) {
    view.showToast(noticeFor(entityCode, action === 'CREATE' ? 'INSERT' : action), `${entityCode} ${entityId}`);
  }
  const [first, ...others] = changes;
  const more = others.length ? ` and ${others.length} more` : '';
  view.logEvent('INVALIDATE', `${entityCode} ${first?.entityId} ${first?.action}${more}`, latencyMs(invalidation));
  if (entityCode === 'source') {
    sources.refreshSoon(xid);
  }
}

function latencyMs({ timestamp }) {
  const ms = Date.now() - Date.parse(timestamp);
  return Number.isNaN(ms) ? null : ms;
}

view.showParameters(parameters);
view.onOpen((vault, text) => location.assign(become(text, vault)));
view.showCommands(parameters.vault, 1);
sources.refresh();
feed.open();
setInterval(() => {
  feed.tick();
  view.showAge(feed.ageMs());
}, 1_000);
