/** Redrawing by difference: setting an attribute costs even when the value is the same, so what is as it was is left alone. */
const drawn = new WeakMap<Element, string>();

/** For `selection.filter`: keeps the elements that were last drawn from something else. `picture` is all that the drawing depends on. */
export function differs<T>(picture: (datum: T) => unknown): (this: Element, datum: T) => boolean {
  return function differsFromLast(datum) {
    const now = JSON.stringify(picture(datum));
    if (drawn.get(this) === now) return false;
    drawn.set(this, now);
    return true;
  };
}
