int apply(int x) { return x + 12345; }
