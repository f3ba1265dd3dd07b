import type { DataPlane } from '@formwork/pg';
import type { ReadLimits, ReadPlans, WritePlans } from '@formwork/records';
import type { Callers } from './access/callers.ts';
import type { RequestRates } from './access/request-rates.ts';
import type { GatewayOptions } from './config.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Documents } from './operations/documents.ts';
import type { SchemaTexts } from './operations/schema-texts.ts';
import type { SharedWrites } from './operations/shared-writes.ts';
import type { TenantStates } from './tenants/tenant-states.ts';
import type { DocumentRecorder } from './trusted/document-recorder.ts';
import type { TrustedDocuments } from './trusted/trusted-documents.ts';
import type { ClosingUses } from './usage/closing-uses.ts';
import type { UsageLedger } from './usage/usage-ledger.ts';

/** What requests share. */
export interface Services {
  readonly options: GatewayOptions;
  readonly log: Logger;
  readonly dataPlane: DataPlane;
  readonly callers: Callers;
  readonly rates: RequestRates;
  readonly states: TenantStates;
  readonly documents: Documents;
  readonly trusted: TrustedDocuments;
  readonly recorder: DocumentRecorder;
  readonly schemaTexts: SchemaTexts;
  readonly metrics: Metrics;
  readonly usage: UsageLedger;
  readonly closings: ClosingUses;
  readonly recordLimits: Partial<ReadLimits>;
  readonly plans: ReadPlans;
  readonly writePlans: WritePlans;
  readonly sharedWrites: SharedWrites;
}
