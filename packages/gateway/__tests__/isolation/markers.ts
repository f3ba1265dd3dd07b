/**
 * Whose is what: every text that a tenant writes has a marker of its own in it ("zqa17" is the 17th of tenant a), and
 * ids are known by who was given them. An answer may carry nothing of another tenant, but for what the tenant itself
 * has said before.
 */
const markerPattern = /zq([a-d])\w*/gi;
const idPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export class Markers {
  readonly #ownerOfId = new Map<string, string>();
  readonly #said = new Map<string, Set<string>>();
  #count = 0;

  /** A text that nobody else has. */
  fresh(owner: string): string {
    this.#count += 1;
    return `zq${owner}${this.#count}`;
  }

  /** What a tenant sends; from then on it may hear it again. */
  noteSaid(tenant: string, request: string): void {
    const said = this.#said.get(tenant) ?? new Set();
    this.#said.set(tenant, said);
    for (const text of foreignMarkers(tenant, request)) said.add(text);
    for (const [id] of request.matchAll(idPattern)) if (this.#ownerOfId.get(id) !== tenant) said.add(id);
  }

  claim(tenant: string, id: string): void {
    this.#ownerOfId.set(id, tenant);
  }

  ownerOf(id: string): string | undefined {
    return this.#ownerOfId.get(id);
  }

  /** What of the answer belongs to somebody else; ids that nobody had yet are this tenant's from now on. */
  leaksIn(tenant: string, answer: string): string[] {
    const said = this.#said.get(tenant);
    const readable = withReadableCursors(answer);
    const leaks = foreignMarkers(tenant, readable).filter((text) => !said?.has(text));
    for (const [id] of readable.matchAll(idPattern)) {
      const owner = this.#ownerOfId.get(id);
      if (owner === undefined) {
        if (!said?.has(id)) this.#ownerOfId.set(id, tenant);
      } else if (owner !== tenant && !said?.has(id)) leaks.push(id);
    }
    return leaks;
  }
}

function foreignMarkers(tenant: string, text: string): string[] {
  return [...text.matchAll(markerPattern)]
    .filter(([, owner]) => owner?.toLowerCase() !== tenant)
    .map(([marker]) => marker.toLowerCase());
}

/** A cursor's letters may look like anything; what is in it is what counts. */
function withReadableCursors(answer: string): string {
  return answer.replace(
    /"([cC]ursor|endCursor|startCursor)":"([^"]+)"/g,
    (_, name: string, cursor: string) => `"${name}":${Buffer.from(cursor, 'base64url').toString('latin1')}`,
  );
}

/** All ids in a text, in their order. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(idPattern)].map(([id]) => id);
}
