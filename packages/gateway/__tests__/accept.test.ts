import { negotiate } from '../src/http/accept.ts';

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['application/json', 'application/json'],
  ['APPLICATION/JSON', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json; charset=utf-8', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
  ['application/json;q=0.9, application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json;q=0, */*', 'application/json'],
  ['application/json;q=0, */*', 'application/graphql-response+json'],
  ['*/*, application/json;q=0, application/graphql-response+json;q=0', null],
  ['text/html, */*;q=0.1', 'application/json'],
  ['text/event-stream, multipart/mixed, application/json', 'application/json'],
  ['application/json; charset=iso-8859-1', null],
  ['text/html', null],
  ['application/json;q=0', null],
])('for Accept %p answers in %p', (accept, media) => {
  expect(negotiate(accept)).toBe(media);
});
