"""The query file holds what the benchmark needs, and mistakes in one are named."""
import unittest

import query_file


class QueryFileTest(unittest.TestCase):
    def refused(self, text, why):
        with self.assertRaises(ValueError) as raised:
            query_file.parse("[q]\n" + text)
        self.assertIn(why, str(raised.exception))

    def test_every_row_of_the_targets_is_there(self):
        queries = query_file.load()
        self.assertEqual(len(queries), 25)
        self.assertEqual(len({q.name for q in queries}), 25)
        self.assertEqual(len([q for q in queries if q.target is not None]), 17)
        self.assertTrue(all(len(q.peers) == 2 for q in queries if q.target is not None))

    def test_all_but_quantiles_are_checked_against_the_files(self):
        unchecked = [q.name for q in query_file.load() if not q.check]
        self.assertEqual(unchecked, ["p99 of a JSON number"])

    def test_needles_have_known_answers(self):
        expected = [q.expect for q in query_file.load() if q.expect is not None]
        self.assertEqual(expected, [0, 7, 4, 12, 5])

    def test_only_known_variables(self):
        known = dict.fromkeys(["span", "step", "stream", "all", "json", "text", "one", "openssh",
                               "openstack", "hadoop", "inventory"], "")
        for query in query_file.load():
            for text in (query.query, query.reference or ""):
                self.assertNotRegex(query_file.fill(text, known), r"\$[a-z]", query.name)

    def test_fill_leaves_the_shell_its_own(self):
        self.assertEqual(query_file.fill("cat $all | awk '{s += $1}'", {"all": "a b"}),
                         "cat a b | awk '{s += $1}'")

    def test_mistakes(self):
        self.refused("kind = log\nlimit = 1", "no query")
        self.refused("query = {}\nkind = graph", "kind is graph")
        self.refused("query = {}\nkind = log", "have a limit")
        self.refused("query = {}\nkind = range\nlimit = 3", "have a limit")
        self.refused("query = {}\nkind = range\ncheck = sum", "come together")
        self.refused("query = {}\nkind = range\nexpect = 3", "needs a reference")
        self.refused("query = {}\nkind = range\nreference = x\ncheck = size", "check is size")
        self.refused("query = {}\nkind = range\npeers = 1", "two numbers")
        self.refused("query = {}\nkind = range\nlimits = 1", "unknown limits")

    def test_apps(self):
        query, = query_file.parse('[q]\nquery = {app="a"} |= "x" or {app="b"}\nkind = instant')
        self.assertEqual(query.apps(), {"a", "b"})


if __name__ == "__main__":
    unittest.main()
