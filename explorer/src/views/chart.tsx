/** A drawing that is made when its code has arrived, and again when the page is another width. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "./parts";

export function Chart({
  label,
  inputs,
  draw,
}: {
  label: string;
  inputs: readonly unknown[];
  draw: (width: number) => Promise<Element>;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [error, setError] = useState<string>();
  useEffect(() => {
    if (!place.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    let current = true;
    if (width > 0) {
      draw(width).then(
        (drawing) => {
          // The label says it in words; the drawing's own labels are no roles that readers know.
          drawing.setAttribute("aria-hidden", "true");
          if (current) place.current?.replaceChildren(drawing);
        },
        (problem: Error) => current && setError(problem.message),
      );
    }
    return () => {
      current = false;
    };
  }, [width, ...inputs]);
  return (
    <>
      <figure>
        <div ref={place} class="chart" role="img" aria-label={label} />
      </figure>
      {error && <Failure message={error} />}
    </>
  );
}
