import { Cache, type Memory } from '@formwork/records';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  KnownTypeNamesRule,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { limitError, requestError } from '../request-error.ts';
import { documentBytes, refusalBytes } from '../tenants/sizes.ts';
import { checkDocumentLimits, type DocumentLimits } from './document-limits.ts';
import { type CostOptions, estimateCost } from './estimate-cost.ts';
import { knownTypeNames } from './known-type-names.ts';

const ourRules = specifiedRules.map((rule) => (rule === KnownTypeNamesRule ? knownTypeNames : rule));

/** A document against a schema: parsed and valid, or refused with all that is wrong with it. */
export type CheckedDocument =
  | { readonly document: DocumentNode; readonly errors: null }
  | { readonly document: null; readonly errors: readonly GraphQLError[] };

export interface DocumentsOptions extends DocumentLimits {
  readonly maxDocument: number;
  readonly maxTokens: number;
  /** Records that one operation may ask for, were all its pages full. */
  readonly maxCost: number;
  /** Records of a page when nothing is said. */
  readonly defaultPage: number;
  readonly introspection: boolean;
  /** Where they count. */
  readonly memory: Memory;
  /** Hears of a document that was looked at with the schema of a shape: it may have had types made. */
  readonly onChecked?: (shape: string) => void;
}

/** Parses and validates documents, once for each schema: tenants of one API shape share the work, errors included. */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #rules;
  readonly #checked: Cache<string, CheckedDocument>;
  /** Of operations that cost the same whatever their variables are. */
  readonly #costs = new WeakMap<OperationDefinitionNode, number>();

  constructor(options: DocumentsOptions) {
    this.#options = options;
    this.#rules = options.introspection ? ourRules : [...ourRules, NoSchemaIntrospectionCustomRule];
    this.#checked = new Cache(options.memory, ({ document, errors }, key) =>
      document === null ? refusalBytes(key, errors.length) : documentBytes(key),
    );
  }

  /** `shape`: what stands for the schema; an equal one gives an equal answer. */
  check(schema: GraphQLSchema, shape: string, text: string): CheckedDocument {
    const key = `${shape}\n${text}`;
    const known = this.#checked.get(key);
    if (known) return known;
    const checked = withoutStacks(() => this.#check(schema, text));
    this.#checked.set(key, checked);
    this.#options.onChecked?.(shape);
    return checked;
  }

  /** What an operation of a document that was checked asks for: it depends on the variables. */
  costOf(request: Omit<CostOptions, 'defaultPage'>): number {
    const known = this.#costs.get(request.operation);
    if (known !== undefined) return known;
    const { cost, isFixed } = estimateCost({ ...request, defaultPage: this.#options.defaultPage });
    if (isFixed) this.#costs.set(request.operation, cost);
    return cost;
  }

  /** What is wrong with running one that costs so much. */
  checkCost(cost: number): GraphQLError | null {
    const { maxCost } = this.#options;
    if (cost <= maxCost) return null;
    return limitError(
      'Estimated records (pages multiplied down the nesting)',
      cost,
      maxCost,
      'FORMWORK_MAX_COST',
    );
  }

  get size(): number {
    return this.#checked.size;
  }

  #check(schema: GraphQLSchema, text: string): CheckedDocument {
    const { maxDocument, maxTokens } = this.#options;
    if (text.length > maxDocument) {
      const error = limitError(
        'Characters in the document',
        text.length,
        maxDocument,
        'FORMWORK_MAX_DOCUMENT',
      );
      return { document: null, errors: [error] };
    }
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens });
    } catch (error) {
      return { document: null, errors: [parseError(error as GraphQLError, maxTokens)] };
    }
    const invalid = validate(schema, document, this.#rules, { maxErrors: 50 }).map((error) =>
      requestError('GRAPHQL_VALIDATION_FAILED', error.message, { original: error }),
    );
    const errors = invalid.length > 0 ? invalid : checkDocumentLimits(document, this.#options);
    return errors.length > 0 ? { document: null, errors } : { document, errors: null };
  }
}

/**
 * For errors that are kept: V8 has the stack of each hold on to all that was running when it was made, 20 kB and more, and
 * nobody reads it.
 */
function withoutStacks<Result>(make: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function parseError(error: GraphQLError, maxTokens: number): GraphQLError {
  // graphql-js has no other sign of it than this sentence.
  return error.message.includes('Parsing aborted')
    ? limitError('Tokens in the document', null, maxTokens, 'FORMWORK_MAX_TOKENS')
    : requestError('GRAPHQL_PARSE_FAILED', error.message, { original: error });
}
