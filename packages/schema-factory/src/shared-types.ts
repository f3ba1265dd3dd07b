import { dateGroup, datePart } from './aggregate-inputs.ts';
import { countMode, pageInfoType } from './connections.ts';
import { distinctFilter, groupOrdering, having, linkedOrdering } from './group-inputs.ts';
import { nodeInterface } from './node.ts';
import { orderDirection } from './order-direction.ts';
import { deletedRecordsPayload } from './payloads.ts';
import { calendarPeriod, periodInput, spanInput } from './relative-filters.ts';
import * as filters from './scalar-filters.ts';
import { byFieldScalar } from './scalars/by-field.ts';
import { decimalScalar } from './scalars/decimal.ts';
import { jsonScalar } from './scalars/json.ts';
import { moneyInput, moneyType } from './scalars/money.ts';
import { dateScalar, dateTimeScalar, durationScalar, timeScalar } from './scalars/temporal.ts';

/** Types that are the same in every schema, down to the object. */
const sharedTypes = [
  nodeInterface,
  pageInfoType,
  orderDirection,
  countMode,
  datePart,
  dateGroup,
  having,
  distinctFilter,
  groupOrdering,
  linkedOrdering,
  deletedRecordsPayload,
  decimalScalar,
  dateScalar,
  dateTimeScalar,
  timeScalar,
  durationScalar,
  jsonScalar,
  byFieldScalar,
  moneyType,
  moneyInput,
  filters.idFilter,
  filters.stringFilter,
  filters.intFilter,
  filters.floatFilter,
  filters.decimalFilter,
  filters.booleanFilter,
  filters.dateFilter,
  filters.dateTimeFilter,
  filters.timeFilter,
  filters.durationFilter,
  filters.jsonFilter,
  filters.jsonPathFilter,
  filters.moneyFilter,
  calendarPeriod,
  periodInput,
  spanInput,
];

export const sharedTypeNames: ReadonlySet<string> = new Set(sharedTypes.map((type) => type.name));
