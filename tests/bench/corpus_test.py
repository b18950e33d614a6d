"""The corpus is deterministic, about as large as asked, and not repetitive."""
import json
import os
import tempfile
import unittest

import corpus


def read(directory):
    return {name: open(os.path.join(directory, name), "rb").read()
            for name in sorted(os.listdir(directory))}


class CorpusTest(unittest.TestCase):
    def test_same_seed_same_bytes(self):
        with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
            corpus.write(a, 1, seed=7)
            corpus.write(b, 1, seed=7)
            self.assertEqual(read(a), read(b))

    def test_size_and_variety(self):
        with tempfile.TemporaryDirectory() as d:
            files = corpus.write(d, 2)
            lines = [line for data in read(d).values() for line in data.splitlines()]
            total = sum(len(line) + 1 for line in lines)
            self.assertAlmostEqual(total / 2e6, 1, delta=0.05)
            self.assertGreater(len(set(lines)), 0.99 * len(lines))
            self.assertEqual(len(files), len(corpus.SERVICES) + len(corpus.HOSTS))

    def test_json_lines_are_json(self):
        with tempfile.TemporaryDirectory() as d:
            corpus.write(d, 1)
            with open(os.path.join(d, "shop.log"), encoding="utf-8") as f:
                for line in f:
                    self.assertEqual(json.loads(line)["service"], "shop")


if __name__ == "__main__":
    unittest.main()
