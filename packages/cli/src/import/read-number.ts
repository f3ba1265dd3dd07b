import { isLosslessNumber } from 'lossless-json';
import { quote } from '../quote.ts';
import { toPlainJson } from './parse-json.ts';
import { UnreadableValue } from './unreadable-value.ts';

const wholeNumber = /^[+-]?\d{1,15}$/;
const plainNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const money = /^(?:([A-Za-z]{3})\s*([+-]?[\d.]+)|([+-]?[\d.]+)\s*([A-Za-z]{3}))$/;

export function readInteger(cell: unknown): unknown {
  if (typeof cell !== 'string') return toPlainJson(cell);
  if (wholeNumber.test(cell.trim())) return Number(cell);
  throw new UnreadableValue(`holds ${quote(cell)}, which is no whole number`);
}

export function readNumber(cell: unknown): unknown {
  if (typeof cell !== 'string') return toPlainJson(cell);
  if (plainNumber.test(cell.trim()) && Number.isFinite(Number(cell))) return Number(cell);
  throw new UnreadableValue(`holds ${quote(cell)}, which is no number: write it like -1234.5`);
}

/** As text, so that no digit is lost. */
export function readDecimal(cell: unknown): unknown {
  if (isLosslessNumber(cell)) return cell.value;
  if (typeof cell !== 'string') return cell;
  const text = cell.trim();
  if (plainNumber.test(text))
    return text
      .replace(/^\+/, '')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=[eE]|$)/, '');
  throw new UnreadableValue(`holds ${quote(cell)}, which is no number: write it like -1234.50`);
}

export function readMoney(cell: unknown): unknown {
  if (typeof cell === 'object' && cell !== null && 'amount' in cell) {
    return { ...(toPlainJson(cell) as object), amount: readDecimal(cell.amount) };
  }
  const match = typeof cell === 'string' ? money.exec(cell.trim()) : null;
  if (match === null) {
    throw new UnreadableValue(
      `holds ${quote(cell)}, which is no amount with its currency: write it like "12.50 EUR"`,
    );
  }
  const [, before, amount, otherAmount, behind] = match;
  return { amount: readDecimal(amount ?? otherAmount), currency: (before ?? behind ?? '').toUpperCase() };
}
