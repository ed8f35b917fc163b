/** Typed columns that grow: the tracks of a run may hold millions of entries. */
export class Column {
  private cells: Uint32Array<ArrayBuffer> = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.cells.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.cells);
      this.cells = larger;
    }
    this.cells[this.length++] = value;
  }

  at(index: number): number {
    return index < this.length ? (this.cells[index] ?? 0) : 0;
  }

  setLast(value: number): void {
    if (this.length > 0) this.cells[this.length - 1] = value;
  }

  truncate(length: number): void {
    this.length = Math.min(this.length, length);
  }

  /** How many entries are below `value`; entries must ascend. */
  countBelow(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.cells[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  toArray(): Uint32Array<ArrayBuffer> {
    return this.cells.slice(0, this.length);
  }
}
