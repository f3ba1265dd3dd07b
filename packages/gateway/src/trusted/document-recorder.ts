import { hashOfDocument, type RecordedDocument, recordDocuments } from '@formwork/directory';
import { type ControlPlane, DatabaseError } from '@formwork/pg';
import { type DocumentNode, Kind } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GatewayOptions } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Visit } from '../visit.ts';

/** Milliseconds between the first document that waits and its being written, with all that came meanwhile. */
const delay = 500;
/** Of documents that wait, of one tenant: the next request sends what was left out. */
const mostWaiting = 200;
const mostCharactersWaiting = 2_000_000;
/** Milliseconds for which a tenant without room is left alone. */
const pause = 60_000;

interface Waiting {
  readonly documents: Map<string, RecordedDocument>;
  readonly accessVersion: number;
  characters: number;
}

/**
 * Writes down which documents clients send, for tenants that record. No request waits for it or fails by it: a document
 * is remembered once, and written a moment later with others of its tenant.
 */
export class DocumentRecorder {
  readonly #control: ControlPlane;
  readonly #options: Pick<GatewayOptions, 'trustedDocuments'>;
  readonly #log: Logger;
  /** Written already, or without room: by tenant, access version and hash. */
  readonly #settled = new LRUCache<string, true>({ max: 20_000 });
  readonly #full = new LRUCache<string, true>({ max: 10_000, ttl: pause });
  #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | null = null;
  #underway: Promise<void> = Promise.resolve();

  constructor(control: ControlPlane, options: Pick<GatewayOptions, 'trustedDocuments'>, log: Logger) {
    this.#control = control;
    this.#options = options;
    this.#log = log;
  }

  /** A document that is about to run. */
  note(visit: Visit, text: string, document: DocumentNode): void {
    const { id: tenantId, accessVersion } = visit.caller.tenant;
    const hash = hashOfDocument(text);
    if (
      this.#settled.has(`${tenantId} ${accessVersion} ${hash}`) ||
      this.#full.has(`${tenantId} ${accessVersion}`)
    )
      return;
    const waiting = this.#of(tenantId, accessVersion);
    if (waiting.documents.has(hash) || !hasRoom(waiting, text) || /\0|\p{Surrogate}/u.test(text)) return;
    waiting.documents.set(hash, { document: text, name: nameOf(document), by: visit.caller.subject });
    waiting.characters += text.length;
    visit.services.trusted.keep(visit, hash, text);
    this.#timer ??= setTimeout(() => void this.flush(), delay).unref();
  }

  /** Writes what waits, one tenant after the other. Never rejects. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const taken = this.#waiting;
    this.#waiting = new Map();
    this.#underway = this.#underway.then(async () => {
      for (const [tenantId, waiting] of taken) await this.#save(tenantId, waiting);
    });
    return this.#underway;
  }

  close(): Promise<void> {
    return this.flush();
  }

  #of(tenantId: string, accessVersion: number): Waiting {
    const known = this.#waiting.get(tenantId);
    if (known?.accessVersion === accessVersion) return known;
    const made = { documents: new Map(known?.documents), accessVersion, characters: known?.characters ?? 0 };
    this.#waiting.set(tenantId, made);
    return made;
  }

  async #save(tenantId: string, { documents, accessVersion }: Waiting): Promise<void> {
    try {
      const { isFull } = await recordDocuments(
        this.#control,
        tenantId,
        [...documents.values()],
        this.#options.trustedDocuments,
      );
      if (isFull) {
        this.#full.set(`${tenantId} ${accessVersion}`, true);
        this.#log.warn(
          { tenantId, maximum: this.#options.trustedDocuments, setting: 'FORMWORK_TRUSTED_DOCUMENTS' },
          'a tenant sends more documents than it may record; those beyond are not recorded',
        );
      } else {
        for (const hash of documents.keys()) this.#settled.set(`${tenantId} ${accessVersion} ${hash}`, true);
      }
    } catch (error) {
      // Whoever sends them again has them noted again.
      const level = error instanceof DatabaseError ? 'warn' : 'error';
      this.#log[level]({ err: error, tenantId }, 'documents of a tenant could not be recorded');
    }
  }
}

function hasRoom({ documents, characters }: Waiting, text: string): boolean {
  return documents.size < mostWaiting && characters + text.length <= mostCharactersWaiting;
}

/** The names of its operations. */
function nameOf({ definitions }: DocumentNode): string {
  const names = definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name.value] : [],
  );
  return names.join(', ').slice(0, 200);
}
