CREATE TABLE input(line);
.mode list
.separator "\001" "\n"
.import /dev/stdin input
SELECT line FROM input;
