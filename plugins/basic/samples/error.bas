print "before"
a = 1
print mid$(a, )
