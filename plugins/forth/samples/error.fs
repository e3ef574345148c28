: known 1 . ;
known
no-such-word
