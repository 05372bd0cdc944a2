// group: simd
// build: -O3 -mavx2
#include <stdio.h>
enum { N = 640 };
static float a[N][N], b[N][N], c[N][N];
int main(void) {
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = i * 3 % 17, b[i][j] = j * 5 % 13;
    for (int round = 0; round < 20; round++)
        for (int i = 0; i < N; i++)
            for (int k = 0; k < N; k++) {
                float f = a[i][k];
                for (int j = 0; j < N; j++) c[i][j] += f * b[k][j];
            }
    printf("%g\n", c[5][7]);
}
