// One page of a vault's sources: fetched once, then kept up to date by the changes that arrive.

import { headers } from './credential.js';

const LIMIT = 20;
const REFRESH_DELAY_MS = 500;
const MAX_LATE_CHANGES = 1_000;

export class Sources {
  #vault;
  #page;
  #me;
  #onChange;
  #onProblem;
  #onAnswer;
  #rows = [];
  #total = 0;
  #loading = false;
  #again = false;
  #late = [];
  #refreshTimer = null;
  #after = null;

  /**
   * @param onChange gets the rows, the pagination, and the id of the row that just changed, if it was one
   * @param onProblem gets the text of what went wrong, or an empty text when it is over
   * @param onAnswer gets where an answer came from: HIT-L1, HIT-L2, MISS or BYPASS
   */
  constructor({ vault, page, me }, { onChange, onProblem, onAnswer }) {
    this.#vault = vault;
    this.#page = page;
    this.#me = me;
    this.#onChange = onChange;
    this.#onProblem = onProblem;
    this.#onAnswer = onAnswer;
  }

  /** Fetches the page. Changes that arrive meanwhile may be newer than the answer, so they are put on top of it. */
  async refresh() {
    if (this.#loading) {
      this.#again = true;
      return;
    }
    this.#loading = true;
    const after = this.#after;
    this.#after = null;
    try {
      const { data, pagination } = await this.#fetch(after);
      this.#rows = data;
      this.#total = pagination.total;
      this.#late.forEach((change) => this.#put(change));
      // Whether the answer's total already counts a row that is gone, only another look can tell.
      this.#again ||= this.#late.some((change) => change.eventType === 'DELETE');
      this.#onProblem('');
      this.#tell();
    } catch (problem) {
      this.#onProblem(problem.message);
      this.#after ??= after;
    } finally {
      this.#loading = false;
      this.#late = [];
    }
    if (this.#again) {
      this.#again = false;
      this.refreshSoon();
    }
  }

  /**
   * Many notices at once make one request.
   *
   * @param xid of the transaction that the answer must have, if it is known
   */
  refreshSoon(xid) {
    this.#after = xid ?? this.#after;
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = null;
      this.refresh();
    }, REFRESH_DELAY_MS);
  }

  /** Takes the payload of a CHANGE of table sources, and the xid beside it. */
  apply(change, xid) {
    this.#after = xid ?? this.#after;
    if (this.#loading && this.#late.length < MAX_LATE_CHANGES) {
      this.#late.push(change);
    } else if (this.#loading) {
      this.#again = true;
    }
    this.#put(change);
    this.#tell(change.entityId);
  }

  /** Forgets everything, when access ended. */
  clear() {
    this.#rows = [];
    this.#total = 0;
    this.#tell();
  }

  #put(change) {
    const { eventType, entityId: id, version } = change;
    const at = this.#rows.findIndex((row) => String(row.id) === id);
    const present = at >= 0;
    if (present && version <= this.#rows[at].version) {
      return;
    }
    switch (eventType) {
      case 'INSERT':
      case 'UPDATE':
        if (present) {
          // A long value that the change did not touch is not sent again: keep what is there.
          this.#rows[at] = { ...this.#rows[at], ...change.new, version };
        } else if (eventType === 'INSERT') {
          this.#total += 1;
          this.#arrived({ ...change.new, version });
        }
        break;
      case 'DELETE':
        if (present) {
          this.#rows.splice(at, 1);
        }
        this.#total = Math.max(0, this.#total - 1);
        if (this.#page > 1 || this.#total > this.#rows.length) {
          this.refreshSoon();
        }
        break;
      default:
        this.refreshSoon();
    }
  }

  // The list is newest first, so a new row belongs on the first page and pushes everything else down.
  #arrived(row) {
    if (this.#page > 1) {
      this.refreshSoon();
      return;
    }
    this.#rows.unshift(row);
    this.#rows.length = Math.min(this.#rows.length, LIMIT);
  }

  #tell(changedId) {
    const totalPages = Math.max(1, Math.ceil(this.#total / LIMIT));
    this.#onChange(this.#rows, { page: this.#page, total: this.#total, totalPages }, changedId);
  }

  // Another gateway than the one that told of the change may answer, which is why it is told what the answer must have.
  async #fetch(after) {
    const query = new URLSearchParams({ page: this.#page, limit: LIMIT });
    const answer = await fetch(`/vault/${this.#vault}/sources?${query}`, {
      headers: { ...headers(this.#me), ...(after === null ? {} : { 'x-after': after }) },
    });
    if (answer.ok) {
      this.#onAnswer(answer.headers.get('x-cache') ?? '');
      return answer.json();
    }
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.title ?? `The list could not be fetched (${answer.status}).`);
  }
}
