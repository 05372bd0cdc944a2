'use strict';

function sieve(n) {
  const flags = new Uint8Array(n);
  let count = 0;
  for (let i = 2; i < n; i++) {
    if (flags[i]) continue;
    count++;
    for (let j = i * i; j < n; j += i) flags[j] = 1;
  }
  return count;
}

function words(n) {
  const counts = new Map();
  for (let i = 0; i < n; i++) {
    const key = `key${(i * i) % 9973}`;
    counts.set(key, (counts.get(key) || 0) + key.length);
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

class Tree {
  constructor(depth) {
    this.left = depth ? new Tree(depth - 1) : null;
    this.right = depth ? new Tree(depth - 1) : null;
  }
  size() {
    return 1 + (this.left ? this.left.size() + this.right.size() : 0);
  }
}

function sorted(n) {
  const items = [];
  let x = 1;
  for (let i = 0; i < n; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    items.push({ key: x, text: x.toString(36) });
  }
  items.sort((a, b) => a.key - b.key);
  return items[n >> 1].text + JSON.stringify(items).length;
}

console.log(sieve(6000000), words(800000), new Tree(18).size(), sorted(120000));
