/**
 * A process that does nothing but look at the clock. Whenever it comes late there was no core for it, and for nobody else
 * who would have needed one: others had them all, or the machine itself stood still. Tells when at the first message.
 */

const every = 4;
const late = 15;

const now = (): number => performance.timeOrigin + performance.now();
const stood: { from: number; to: number }[] = [];
let last = now();

setInterval(() => {
  const at = now();
  if (at - last > late) stood.push({ from: last, to: at });
  last = at;
}, every);

process.once('message', () => process.send?.(stood, () => process.exit()));
process.once('disconnect', () => process.exit());
process.send?.('watching');
