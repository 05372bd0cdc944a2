def sieve(n):
    flags = [True] * n
    for i in range(2, n):
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
    return sum(flags)


def words(n):
    counts = {}
    for i in range(n):
        key = str(i * i % 9973)
        counts[key] = counts.get(key, 0) + len(key)
    return sum(counts.values())


class Tree:
    def __init__(self, depth):
        self.left = Tree(depth - 1) if depth else None
        self.right = Tree(depth - 1) if depth else None

    def size(self):
        return 1 + (self.left.size() + self.right.size() if self.left else 0)


import sys

for _ in range(int(sys.argv[1])):
    print(sieve(500000), words(300000), Tree(14).size())
