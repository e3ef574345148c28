:- initialization(main).
main :- main.
