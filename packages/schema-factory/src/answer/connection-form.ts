import type { ConnectionSelection, CountRequest, PageInfo, WrittenConnection } from '@formwork/records';
import type { FieldNode, GraphQLObjectType } from 'graphql';
import { fieldType } from '../selection.ts';
import { type FormWalk, isTypename, type Place } from './form-walk.ts';
import { type Member, objectWriter, writeList } from './object-writer.ts';
import { type Form, recordForm } from './record-form.ts';
import { Surprise } from './surprise.ts';
import { valueWriter } from './write-value.ts';

type ConnectionMember = Member<WrittenConnection>;
type Edge = WrittenConnection['edges'][number];

/** What is selected on a connection, and how that stands in the answer. */
export function connectionForm(
  form: FormWalk,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Form<ConnectionSelection> {
  const connection = new ConnectionForm(form, type);
  const members = form.places(nodes, type).map((place) => connection.member(place));
  return connection.finish(objectWriter(members));
}

class ConnectionForm {
  readonly #form: FormWalk;
  readonly #type: GraphQLObjectType;
  readonly #counts = new Map<string, CountRequest>();
  readonly #records: (readonly FieldNode[])[] = [];
  #showsEdges = false;
  #cursors = false;
  #pageInfo = false;

  constructor(form: FormWalk, type: GraphQLObjectType) {
    this.#form = form;
    this.#type = type;
  }

  member(place: Place | { readonly name: string; readonly typename: string }): ConnectionMember {
    const { name } = place;
    if (isTypename(place)) return { name, write: () => place.typename };
    switch (place.field.name) {
      case 'nodes':
        this.#records.push(place.nodes);
        return { name, write: ({ edges }) => writeList(edges, ({ node }) => node) };
      case 'edges': {
        this.#showsEdges = true;
        const write = objectWriter(this.#edgeMembers(place));
        return { name, write: ({ edges }) => writeList(edges, write) };
      }
      case 'pageInfo': {
        this.#pageInfo = true;
        const write = objectWriter(this.#pageMembers(place));
        return { name, write: ({ pageInfo }) => write(pageInfo) };
      }
      case 'totalCount':
        return this.#countMember(place);
      case 'isExact':
        return { name, write: ({ counts }) => String(counts.every((count) => count.isExact)) };
      default:
        throw new Surprise(`"${place.field.name}" is no field of lists`);
    }
  }

  finish(write: (connection: WrittenConnection) => string): Form<ConnectionSelection> {
    const [place, ...others] = this.#records;
    if (others.length > 0) throw new Surprise('records stand in two places');
    const record = place && recordForm(this.#form, fieldType(this.#type, 'nodes'), place);
    const rest = {
      cursors: this.#cursors,
      pageInfo: this.#pageInfo,
      totalCount: this.#counts.size > 0,
      counts: [...this.#counts.values()],
      write,
    };
    const none = this.#showsEdges ? { fields: [], write: () => '' } : null;
    return (args) => ({ node: record?.(args) ?? none, ...rest });
  }

  #edgeMembers({ nodes }: Place): readonly Member<Edge>[] {
    return this.#form.places(nodes, fieldType(this.#type, 'edges')).map((place): Member<Edge> => {
      const { name } = place;
      if (isTypename(place)) return { name, write: () => place.typename };
      if (place.field.name === 'cursor') {
        this.#cursors = true;
        return { name, write: ({ cursor }) => `"${cursor}"` };
      }
      this.#records.push(place.nodes);
      return { name, write: ({ node }) => node };
    });
  }

  #pageMembers({ nodes }: Place): readonly Member<PageInfo>[] {
    return this.#form.places(nodes, fieldType(this.#type, 'pageInfo')).map((place): Member<PageInfo> => {
      const { name } = place;
      if (isTypename(place)) return { name, write: () => place.typename };
      const write = valueWriter(place.field.type);
      const of = place.field.name as keyof PageInfo;
      return { name, write: (pageInfo) => write(pageInfo[of]) };
    });
  }

  #countMember({ name, field, node }: Place): ConnectionMember {
    const request = this.#form.walk.argumentsOf(field, node);
    if (request === null) throw new Surprise('a count is refused');
    const key = JSON.stringify(request);
    this.#counts.set(key, request as unknown as CountRequest);
    const at = [...this.#counts.keys()].indexOf(key);
    const write = valueWriter(field.type);
    return { name, write: ({ counts }) => write(counts[at]?.count) };
  }
}
