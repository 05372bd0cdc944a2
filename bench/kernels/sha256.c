// group: simd
#include <stdint.h>
#include <stdio.h>
static const uint32_t k[64] = {1};
#define R(x, n) (x >> n | x << (32 - n))
int main(void) {
    uint32_t s[8] = {1, 2, 3, 4, 5, 6, 7, 8}, w[64];
    for (int round = 0; round < 1800000; round++) {
        for (int i = 0; i < 16; i++) w[i] = s[i % 8] + i;
        for (int i = 16; i < 64; i++)
            w[i] = w[i - 16] + w[i - 7] + (R(w[i - 15], 7) ^ R(w[i - 15], 18) ^ w[i - 15] >> 3)
                   + (R(w[i - 2], 17) ^ R(w[i - 2], 19) ^ w[i - 2] >> 10);
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        for (int i = 0; i < 64; i++) {
            uint32_t t = h + (R(e, 6) ^ R(e, 11) ^ R(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
            uint32_t u = (R(a, 2) ^ R(a, 13) ^ R(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
    printf("%x %x\n", s[0], s[7]);
}
