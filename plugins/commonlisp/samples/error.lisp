(write-line "before")

(no-such-package:function)
