// Virtual functions, templates, exceptions, containers.
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct Shape {
    std::string name;
    explicit Shape(std::string name) : name(std::move(name)) {}
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

struct Square : Shape {
    double side;
    explicit Square(double side) : Shape("square"), side(side) {}
    double area() const override {
        if (side < 0)
            throw std::invalid_argument("negative side");
        return side * side;
    }
};

template <typename T> T larger(T a, T b) {
    return a < b ? b : a;
}

static double largest;

int main() {
    std::vector<std::unique_ptr<Shape>> shapes;
    for (double side : {2.0, 5.0, -1.0})
        shapes.push_back(std::make_unique<Square>(side));
    for (const auto &shape : shapes) {
        try {
            largest = larger(largest, shape->area());
        } catch (const std::invalid_argument &problem) {
            std::cout << problem.what() << std::endl;
        }
    }
    std::cout << largest << std::endl;
}
