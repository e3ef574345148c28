:again
b again
