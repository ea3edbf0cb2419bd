/**
 * Offsets in tables count Unicode code points; strings in JavaScript count UTF-16 units.
 *
 * An emoji is one of the former and two of the latter.
 */
export class Offsets {
  /** `units[i]` is where code point `i` begins; `null` where both counts are the same. */
  private readonly units: Uint32Array | null;

  constructor(readonly text: string) {
    this.units = /[\u{10000}-\u{10FFFF}]/u.test(text) ? starts(text) : null;
  }

  /** The UTF-16 offset of a code point; offsets beyond the text are its end. */
  at(codePoint: number): number {
    if (!this.units) return Math.min(codePoint, this.text.length);
    return this.units[codePoint] ?? this.text.length;
  }

  /** The words from one code point to another. */
  slice(start: number, end: number): string {
    return this.text.slice(this.at(start), this.at(end));
  }

  /** How many code points the text has. */
  get length(): number {
    return this.units ? this.units.length - 1 : this.text.length;
  }
}

function starts(text: string): Uint32Array {
  const found: number[] = [];
  let unit = 0;
  for (const character of text) {
    found.push(unit);
    unit += character.length;
  }
  found.push(unit);
  return Uint32Array.from(found);
}
