import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { limitError, requestError } from '../request-error.ts';

/**
 * The body as text. Where it passes the limit it is read no further, so the connection cannot be used again, which
 * the answer says. Never settles for a client that goes away: nobody waits for the answer then.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const { 'content-length': announced, 'content-encoding': encoding } = request.headers;
  if (encoding !== undefined && encoding !== 'identity') {
    throw requestError(
      'BAD_REQUEST',
      `A body with content-encoding "${encoding}" is not read. Send it plain.`,
      {
        status: 415,
        headers: { 'accept-encoding': 'identity' },
      },
    );
  }
  if (Number(announced) > limit) throw tooLarge(Number(announced), limit);
  const bytes = await collect(request, limit);
  if (!isUtf8(bytes)) throw requestError('BAD_REQUEST', 'The body is not UTF-8.');
  // Three times as fast as a TextDecoder, and like it without the mark that some editors put first.
  return bytes.toString('utf8', startsWithMark(bytes) ? 3 : 0);
}

function startsWithMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** By events: leaving a `for await` early would destroy the socket before the answer is out. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= limit) return;
      request.off('data', take).pause();
      reject(tooLarge(null, limit));
    };
    request
      .on('data', take)
      .on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
      .on('error', () => {});
  });
}

function tooLarge(found: number | null, limit: number) {
  return limitError('Bytes in the body', found, limit, 'FORMWORK_MAX_BODY', {
    status: 413,
    headers: { connection: 'close' },
  });
}
