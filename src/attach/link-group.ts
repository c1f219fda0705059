import type { Link, LinkKind } from "./link.ts";

/** Several links that are closed together: one for each CPU or function. */
export class LinkGroup implements Link {
  readonly kind: LinkKind;
  readonly target: string;
  readonly count: number;
  readonly #links: readonly Link[];

  constructor(kind: LinkKind, target: string, links: readonly Link[]) {
    this.kind = kind;
    this.target = target;
    this.count = links.length;
    this.#links = links;
  }

  /** One link for each of the places; when one fails, those before it are closed. */
  static attach<T>(
    kind: LinkKind,
    target: string,
    places: readonly T[],
    attach: (place: T) => Link,
  ): LinkGroup {
    const links: Link[] = [];
    try {
      for (const place of places) links.push(attach(place));
    } catch (error) {
      for (const link of links) link.close();
      throw error;
    }
    return new LinkGroup(kind, target, links);
  }

  get fd(): number {
    return this.#links[0]?.fd ?? -1;
  }

  get missed(): number | undefined {
    const told = this.#links.flatMap((link) => link.missed ?? []);
    return told.length === 0 ? undefined : told.reduce((sum, each) => sum + each);
  }

  close(): void {
    for (const link of this.#links) link.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
