// Who the page is: a tenant's publishable key, or a user with a token.
//
// A publishable key is meant to be seen: it reads what it is a member of and cannot write, so it may stand in the
// address. A token is somebody's; it stays in this tab and out of the address bar and the history.

const STORED = 'token';
const DEFAULT_KEY = 'pk_demo';

/** The credential of this page: `name` is how the server calls it, `who` is for people. */
export function credential(query) {
  const key = query.get('apikey');
  const token = key ? null : sessionStorage.getItem(STORED);
  return token
    ? { name: 'token', text: token, who: subject(token) }
    : { name: 'apikey', text: key || DEFAULT_KEY, who: key || DEFAULT_KEY };
}

/** How a request carries it in a header. */
export function headers({ name, text }) {
  return name === 'token' ? { authorization: `Bearer ${text}` } : { apikey: text };
}

/** Takes another one from now on; returns the address to open. */
export function become(text, vault) {
  const query = new URLSearchParams({ vault });
  if (text.split('.').length === 3) {
    sessionStorage.setItem(STORED, text);
  } else {
    sessionStorage.removeItem(STORED);
    query.set('apikey', text);
  }
  return `?${query}`;
}

// Only to show it. Whether it is true, the server knows.
function subject(token) {
  try {
    const claims = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(atob(claims)).sub ?? 'nobody';
  } catch {
    return 'an unreadable token';
  }
}
