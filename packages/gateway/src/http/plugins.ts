import type { Plugin } from 'graphql-yoga';
import type { LaneContext } from './lane.ts';

/**
 * Our part of yoga. It may use onParse, onValidate, onContextBuilding and onExecute alone: those run on both lanes,
 * yoga's HTTP hooks do not run on the fast one.
 *
 * The document was parsed and validated before (it may have had to wait for the tenant's registry, and hooks cannot
 * wait), so these hand over what was found. What is refused is thrown at once, before yoga looks at the document
 * with rules of its own: it does so on one lane only. The schema comes with the operation.
 */
function useOperation(): Plugin<LaneContext> {
  return {
    onParse({ context, setParsedDocument }) {
      const { document, refused } = context.operation.prepared;
      if (refused !== null) throw new AggregateError(refused);
      setParsedDocument(document);
    },
    onValidate({ setResult }) {
      setResult([]);
    },
    onExecute({ args, setExecuteFn }) {
      const { operation } = args.contextValue;
      setExecuteFn(() => operation.execute());
    },
  };
}

/** All plugins that are ours, for yoga and for the test that looks at their hooks. */
export const plugins: readonly Plugin<LaneContext>[] = [useOperation()];
