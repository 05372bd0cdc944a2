# guest: shapes.cc
break Square::area if side > 4
continue
bt
print *this
print name
print this->area()
finish
catch throw
continue
bt -1
reverse-continue
print side
