known(1).

broken(X :- known(X).
