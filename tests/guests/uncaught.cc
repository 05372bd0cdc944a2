// An exception nobody catches.
// exit: signal ABRT
#include <stdexcept>
int main() { throw std::runtime_error("nobody's"); }
