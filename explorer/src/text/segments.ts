/** Overlapping marks on a text, cut into stretches that each carry the same marks. */

/** Something found in [start, end), in whatever unit the text is counted in. */
export interface Mark<T> {
  start: number;
  end: number;
  data: T;
}

export interface Segment<T> {
  start: number;
  end: number;
  marks: T[];
}

/** Cut [start, end) wherever a mark begins or ends. The segments cover it without a gap. */
export function segments<T>(start: number, end: number, marks: readonly Mark<T>[]): Segment<T>[] {
  const inside = marks.filter((mark) => mark.start < end && mark.end > start);
  const cuts = new Set([start, end]);
  for (const mark of inside) {
    cuts.add(Math.max(start, mark.start));
    cuts.add(Math.min(end, mark.end));
  }
  const bounds = [...cuts].sort((a, b) => a - b);
  return bounds.slice(1).map((to, index) => {
    const from = bounds[index] as number;
    const covering = inside.filter((mark) => mark.start <= from && mark.end >= to);
    return { start: from, end: to, marks: covering.map((mark) => mark.data) };
  });
}

/**
 * Paragraphs as [start, end), the blank line between two left out.
 *
 * A release may carry the beginning of a text only: paragraphs beyond it are left out as well.
 */
export function paragraphs(starts: readonly number[], length: number): [number, number][] {
  return starts
    .map((start, index): [number, number] => {
      const next = starts[index + 1];
      return [start, Math.min(next === undefined ? length : next - 2, length)];
    })
    .filter(([start]) => start < length);
}
