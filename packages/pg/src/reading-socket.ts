import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As much as Node reads at once. */
const most = 65_536;

/**
 * A socket that reads into one piece of memory over and over, and tells of it as `data`: for an answer of some hundred
 * bytes Node would else allocate these 64 KiB, give back what was not needed, and queue the rest as a stream.
 */
export function readingSocket(): Socket {
  const memory = Buffer.allocUnsafeSlow(most);
  const onread: OnReadOpts = {
    buffer: memory,
    callback: (length) => {
      // A copy: whoever hears of it may keep it until the rest of a message has come.
      socket.emit('data', Buffer.from(memory.subarray(0, length)));
      return true;
    },
  };
  // The published types know it of sockets that connect at once alone.
  const socket = new Socket({ onread } as SocketConstructorOpts);
  return socket;
}
