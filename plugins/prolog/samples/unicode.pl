:- initialization(main).
main :- write('Grüße, 世界 🌍'), nl.
