from __future__ import annotations

import json
import unittest
from pathlib import Path
from typing import Any

from naru import verify_reserves_proof

#: The same file that the TypeScript client is tested with.
VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "reserves_proofs.json").read_text())


class Proof(unittest.TestCase):
    def test_of_each_vector_says_what_the_other_client_says(self) -> None:
        self.assertGreater(len(VECTORS), 5)
        for vector in VECTORS:
            with self.subTest(vector["name"]):
                self.assertEqual(verify_reserves_proof(vector["proof"]), vector["verified"])


if __name__ == "__main__":
    unittest.main()
