CREATE TABLE known(id);

SELECT * FROM unknown;
