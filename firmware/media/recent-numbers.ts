/**
 * Which of the last 128 numbers of a sequence came: a bit for each, the highest one's first. All of it lies in the object itself: a table
 * would be a place in memory that each packet of each port has to fetch.
 */
export class RecentNumbers {
  #newest = 0;
  #older = 0;
  #still = 0;
  #oldest = 0;

  clear(): void {
    this.#newest = this.#older = this.#still = this.#oldest = 0;
  }

  /** The highest number is so much higher now, and has come. */
  advance(by: number): void {
    let left = by;
    for (; left >= 32 && left < 160; left -= 32) this.#moveWord();
    if (left >= 32) this.clear();
    else if (left > 0) this.#moveBits(left);
    this.#newest |= 1;
  }

  /** The number that is so far behind the highest has come; false = it had before. */
  add(behind: number): boolean {
    const bit = 1 << (behind & 31);
    const word = behind >>> 5;
    const had = this.#word(word) & bit;
    if (word === 0) this.#newest |= bit;
    else if (word === 1) this.#older |= bit;
    else if (word === 2) this.#still |= bit;
    else if (word === 3) this.#oldest |= bit;
    return had === 0;
  }

  #word(word: number): number {
    if (word === 0) return this.#newest;
    if (word === 1) return this.#older;
    return word === 2 ? this.#still : this.#oldest;
  }

  #moveWord(): void {
    this.#oldest = this.#still;
    this.#still = this.#older;
    this.#older = this.#newest;
    this.#newest = 0;
  }

  #moveBits(by: number): void {
    const back = 32 - by;
    this.#oldest = (this.#oldest << by) | (this.#still >>> back);
    this.#still = (this.#still << by) | (this.#older >>> back);
    this.#older = (this.#older << by) | (this.#newest >>> back);
    this.#newest <<= by;
  }
}
