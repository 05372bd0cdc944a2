# guest: shapes.cc
break main
continue
break Square::area if side > 4
continue
bt
print *this
print name
finish
catch throw
continue
reverse-continue
reverse-continue
print side
