import type { Plugin } from 'graphql-yoga';
import type { LaneContext } from './lane.ts';

/**
 * Our part of yoga. Nothing may be decided in it: operations that take the fast lane never come here.
 *
 * The document was parsed and validated before (it may have had to wait for the tenant's registry, and hooks cannot
 * wait), so these hand over what was found. What is refused is thrown at once, before yoga looks at the document
 * with rules of its own. The schema comes with the operation.
 */
export function useOperation(): Plugin<LaneContext> {
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
