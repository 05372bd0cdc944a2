// group: indirect
#include <cstdio>
#include <memory>
#include <vector>
struct Shape { virtual ~Shape() = default; virtual long step(long x) const = 0; };
template <int K> struct Kind : Shape { long step(long x) const override { return x * (2 * K + 1) + K; } };
int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    unsigned seed = 1;
    for (int i = 0; i < 1000; i++) {
        seed = seed * 1664525 + 1013904223;
        switch (seed >> 29) {
        case 0: shapes.push_back(std::make_unique<Kind<1>>()); break;
        case 1: shapes.push_back(std::make_unique<Kind<2>>()); break;
        case 2: shapes.push_back(std::make_unique<Kind<3>>()); break;
        default: shapes.push_back(std::make_unique<Kind<4>>()); break;
        }
    }
    long x = 1;
    for (int round = 0; round < 240000; round++)
        for (auto &shape : shapes) x = shape->step(x);
    printf("%ld\n", x);
}
