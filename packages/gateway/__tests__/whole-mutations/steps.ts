/** Of no record. */
const unknown = '01900000-0000-7000-8000-000000000000';

/** A mutation and how it goes where it is planned; `{shelf}` stands for the first id in the answer to the step that is called so. */
type Step = readonly [name: string, way: 'whole' | 'step by step', text: string, called?: string];

const crate = 'crate { id code number state version shelf { id name } next { code } }';

export const steps: readonly Step[] = [
  [
    'creates',
    'whole',
    'mutation { createShelf(input: { name: "top" }) { shelf { id name version } } }',
    'shelf',
  ],
  [
    'with defaults, numbers and a link',
    'whole',
    `mutation { a: createCrate(input: { code: "A", place: 1, shelf: { id: "{shelf}" } }) { it: ${crate} __typename } }`,
    'crate',
  ],
  ['that show nothing of it', 'whole', 'mutation { createMark(input: { name: "new" }) { __typename } }'],
  [
    'several in one operation',
    'whole',
    'mutation { __typename a: createMark(input: { name: "one" }) { mark { id } } b: createMark(input: { name: "two" }) { mark { name } } }',
    'mark',
  ],
  [
    'that create behind links',
    'whole',
    `mutation { createCrate(input: { code: "B", next: { create: { code: "C" } }, marks: { add: [{ id: "{mark}" }, { create: { name: "deep" } }] } }) { ${crate} } }`,
    'second',
  ],
  [
    'many',
    'whole',
    'mutation { createCrates(inputs: [{ code: "D" }, { code: "E", place: 3 }, { next: { create: {} } }]) { crates { code number state } } }',
  ],
  [
    'many of which the ids alone are shown',
    'whole',
    `mutation { many: createMarks(inputs: [{ name: "m1" }, { name: "m2" }]) { marks { __typename it: id id } }
      one: createMark(input: { name: "m3" }) { mark { id } } }`,
  ],
  [
    'a change of which the id alone is shown',
    'whole',
    'mutation { updateMark(id: "{mark+}", input: { name: "one" }) { mark { id type: __typename } } }',
  ],
  ['none', 'step by step', 'mutation { createCrates(inputs: []) { crates { code } } }'],
  [
    'values of all kinds',
    'whole',
    `mutation { createPart(input: { name: "Bolt", price: "12.50", cost: { amount: "3.1", currency: "EUR" }, made: "2026-11-21T10:00:00+02:00",
      sizes: [LARGE, SMALL], about: { a: [1, null, "x"] } }) { part { name price twice cost { amount currency } weight made sizes about label kit { id } } } }`,
  ],
  [
    'for the copy of a default',
    'whole',
    'mutation { createKit(input: { name: "Set" }) { kit { id total } } }',
    'kit',
  ],
  [
    'a copied default and a rollup',
    'whole',
    `mutation { a: createPart(input: { name: "Nut", price: "1.25", kit: { id: "{kit}" } }) { part { label kit { name total } } } }`,
  ],
  [
    'that links by key',
    'step by step',
    `mutation { createCrate(input: { code: "F", shelf: { by: { name: "top" } } }) { ${crate} } }`,
  ],
  [
    'with lists behind it',
    'step by step',
    'mutation { createShelf(input: { name: "low" }) { shelf { name crates { totalCount } } } }',
  ],
  [
    'what may follow',
    'step by step',
    'mutation { createCrate(input: {}) { crate { allowedTransitions { state } } } }',
  ],
  [
    'the same twice',
    'step by step',
    'mutation { createMark(input: { name: "three" }) { mark { id } again: mark { name } } }',
  ],
  ['a taken key', 'step by step', 'mutation { createShelf(input: { name: "top" }) { shelf { id } } }'],
  [
    'a taken key of several parts',
    'step by step',
    'mutation { createCrates(inputs: [{ code: "G" }, { place: 1, shelf: { id: "{shelf}" } }]) { crates { code } } }',
  ],
  [
    'a key twice',
    'step by step',
    'mutation { createMarks(inputs: [{ name: "x" }, { name: "x" }]) { marks { name } } }',
  ],
  [
    'a key twice in two fields',
    'step by step',
    'mutation { a: createMark(input: { name: "y" }) { mark { id } } b: createMark(input: { name: "y" }) { mark { id } } }',
  ],
  [
    'a link to nothing',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "${unknown}" } }) { ${crate} } }`,
  ],
  [
    'a link to another entity',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "{crate}" } }) { ${crate} } }`,
  ],
  [
    'two links to nothing',
    'step by step',
    `mutation { createCrate(input: { shelf: { id: "${unknown}" }, marks: { add: [{ id: "${unknown}" }] } }) { ${crate} } }`,
  ],
  [
    'a link to many that leads nowhere',
    'step by step',
    `mutation { createCrate(input: { marks: { add: [{ id: "{shelf}" }] } }) { ${crate} } }`,
  ],
  ['a missing value', 'step by step', 'mutation { createShelf(input: {}) { shelf { id } } }'],
  [
    'several wrong values',
    'step by step',
    'mutation { createPart(input: { name: "much longer than twenty characters", price: "1.234", cost: { amount: "1", currency: "euro" } }) { part { id } } }',
  ],
  [
    'a state to begin with',
    'step by step',
    'mutation { createCrate(input: { state: SENT }) { crate { id } } }',
  ],
  [
    'an argument of no type',
    'step by step',
    'mutation ($id: ID!) { updateMark(id: $id, input: {}) { mark { id } } }',
  ],
  [
    'updates',
    'whole',
    `mutation { updateCrate(id: "{crate}", input: { note: "n", state: SENT, place: 2 }) { ${crate} } }`,
  ],
  ['updates nothing', 'whole', `mutation { updateCrate(id: "{crate}", input: {}) { ${crate} } }`],
  [
    'updates at a version',
    'whole',
    `mutation { updateCrate(id: "{crate}", input: { note: null }, ifVersion: 2) { ${crate} } }`,
  ],
  [
    'updates at another version',
    'step by step',
    `mutation { updateCrate(id: "{crate}", input: { note: "m" }, ifVersion: 2) { ${crate} } }`,
  ],
  [
    'updates nobody',
    'step by step',
    `mutation { updateCrate(id: "${unknown}", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates another entity',
    'step by step',
    `mutation { updateCrate(id: "{shelf}", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates what is no id',
    'step by step',
    `mutation { updateCrate(id: "x", input: { note: "m" }) { ${crate} } }`,
  ],
  [
    'updates an id in capitals',
    'whole',
    `mutation { updateShelf(id: "{shelf+}", input: { above: { id: "{shelf+}" } }) { shelf { id above { id } } } }`,
  ],
  [
    'takes a required value',
    'step by step',
    'mutation { updateShelf(id: "{shelf}", input: { name: null }) { shelf { id } } }',
  ],
  [
    'updates to a taken key',
    'step by step',
    'mutation { updateMark(id: "{mark}", input: { name: "new" }) { mark { id } } }',
  ],
  [
    'updates to its own key',
    'whole',
    'mutation { updateMark(id: "{mark}", input: { name: "one" }) { mark { name version } } }',
  ],
  [
    'updates a link',
    'whole',
    `mutation { updateCrate(id: "{second}", input: { shelf: { id: "{shelf}" } }) { ${crate} } }`,
  ],
  [
    'updates a link to nothing',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { shelf: { id: "${unknown}" } }) { ${crate} } }`,
  ],
  [
    'updates a link and creates',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { shelf: { create: { name: "s" } } }) { ${crate} } }`,
  ],
  [
    'updates links to many',
    'step by step',
    `mutation { updateCrate(id: "{second}", input: { marks: { set: [{ id: "{mark}" }] } }) { ${crate} } }`,
  ],
  [
    'takes a forbidden step',
    'step by step',
    'mutation { updateCrate(id: "{crate}", input: { state: PACKED }) { crate { id } } }',
  ],
  [
    'updates two, the second of which is nobody',
    'step by step',
    `mutation { a: updateMark(id: "{mark}", input: { name: "lost" }) { mark { name } } b: updateMark(id: "${unknown}", input: {}) { mark { name } } }`,
  ],
  [
    'creates one and deletes nobody',
    'step by step',
    `mutation { createMark(input: { name: "lost" }) { mark { name } } deleteMark(id: "${unknown}") { id } }`,
  ],
  [
    'upserts',
    'step by step',
    'mutation { upsertMark(by: { name: "one" }, input: {}) { created mark { id } } }',
  ],
  ['deletes what others lead to', 'step by step', 'mutation { deleteKit(id: "{kit}") { id } }'],
  [
    'deletes at another version',
    'step by step',
    'mutation { deleteMark(id: "{mark}", ifVersion: 9) { id } }',
  ],
  ['deletes nobody', 'step by step', `mutation { deleteMark(id: "${unknown}") { id } }`],
  ['deletes', 'whole', 'mutation { gone: deleteMark(id: "{mark+}") { id __typename } }'],
  ['deletes again', 'step by step', 'mutation { deleteMark(id: "{mark}") { id } }'],
  [
    'keeps what it deletes',
    'whole',
    'mutation { createPallet(input: { name: "p" }) { pallet { id } } }',
    'pallet',
  ],
  ['deletes and keeps', 'whole', 'mutation { deletePallet(id: "{pallet}") { id } }'],
  [
    'links to what was deleted',
    'step by step',
    'mutation { createCrate(input: { pallet: { id: "{pallet}" } }) { crate { id } } }',
  ],
];
