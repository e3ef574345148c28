s/a/b/
s/b/c/
@
