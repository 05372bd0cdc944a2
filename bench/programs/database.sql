CREATE TABLE item (id INTEGER PRIMARY KEY, owner INTEGER, name TEXT, price REAL);
CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
INSERT INTO item SELECT i, i * 7919 % 997, 'item ' || (i * 31 % 1009), (i * 37 % 10000) / 100.0 FROM n;
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 996)
INSERT INTO owner SELECT i, 'owner ' || (i % 50) FROM n;
CREATE INDEX item_owner ON item (owner, price);
CREATE INDEX item_name ON item (name);
SELECT owner.name, count(*), round(sum(price), 2) FROM item JOIN owner ON owner.id = item.owner
GROUP BY owner.name ORDER BY 2 DESC, 1 LIMIT 5;
SELECT count(*) FROM item WHERE name LIKE '%em 1%7';
UPDATE item SET price = price * 1.1 WHERE owner % 3 = 0;
DELETE FROM item WHERE id % 5 = 0;
SELECT name, count(DISTINCT owner), round(avg(price), 3) FROM item GROUP BY name ORDER BY 2 DESC, 3, 1 LIMIT 5;
SELECT count(*) FROM item a JOIN item b ON a.name = b.name AND a.id < b.id WHERE a.owner % 4 = 1;
WITH RECURSIVE fib(n, a, b) AS (SELECT 1, 0, 1 UNION ALL SELECT n + 1, b, (a + b) % 1000007 FROM fib WHERE n < 400000)
SELECT max(a), sum(a) FROM fib;
